"""The validation pack: for chosen partners and a period one ZIP that can be read without the portal, and checked."""
