"""What the invented partners say about themselves, by question id; a question that is not here is answered by lot."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from portal.usecases.demonstration.companies import Company

BORDER = ("MX", "CA", "US")


def _yes(holds: object) -> str:
    return "yes" if holds else "no"


def _ctpat(company: Company) -> str:
    return "member" if company.certificate == "ctpat" else "no"


FACTS: dict[str, Callable[[Company], str]] = {
    "company-name": lambda company: company.name,
    "company-site": lambda company: f"{company.city} 1",
    "company-street": lambda company: f"Demonstration Road {len(company.name)}",
    "company-city": lambda company: company.city,
    "company-years": lambda company: str(company.years),
    "company-employees": lambda company: str(company.people),
    "company-work": lambda company: company.work,
    "company-shipments": lambda company: str(company.shipments),
    "company-mid": lambda company: f"{company.country}{company.id.replace('-', '')[:6].upper()}{company.people}DEM",
    "company-rfc": lambda company: f"DEM{company.years:02}0101{company.id.replace('-', '')[:2].upper()}0",
    "company-fleet": lambda company: str(company.trucks),
    "company-crossings": lambda company: str(company.crossings),
    "company-scac": lambda company: company.id.replace("-", "")[:4].upper(),
    "company-us-dot": lambda company: f"000{company.trucks}{company.crossings}",
    "company-person": lambda company: company.contact,
    "company-person-title": lambda company: company.title,
    "company-person-phone": lambda company: f"+00 555 01{company.years:02}",
    "certificate-ctpat": _ctpat,
    "certificate-member-name": lambda company: company.name,
    "certificate-status": lambda _: "validated",
    "certificate-svi": lambda _: "none",
    "certificate-aeo": lambda company: _yes(company.certificate),
    "certificate-programme": lambda company: company.certificate,
    "certificate-number": lambda company: f"{company.certificate.upper()}-DEM-{company.people}",
    "certificate-type": lambda _: "security",
    "closing-position": lambda company: company.title,
    "closing-incidents": lambda company: _yes(company.fails),
    "conveyance-land-border": lambda company: _yes(company.country in BORDER),
    "conveyance-refrigerated": lambda _: "no",
    "physical-has-cameras": lambda _: "yes",
    "access-has-guards": lambda company: _yes(company.people > 40),
    "agriculture-wood": lambda _: "yes",
    "procedures-paper": lambda _: "yes",
    "cyber-media": lambda _: "yes",
    "seals-stock": lambda company: _yes(company.people > 60),
    "seals-part-loads": lambda company: _yes("art loads" in company.work),
}

INCIDENTS = (
    (
        "Eleven cartons were missing when the trailer was opened by the receiver",
        "The seal had been cut and glued. Since then the number is compared by two people at the gate.",
    ),
    (
        "A stranger was found in an empty container in the yard at night",
        "Handed over to the police. The yard lamp was repaired and empty containers are kept locked.",
    ),
    (
        "False e-mail in the name of a forwarder with a new bank account",
        "Nobody paid. Changes of accounts are now confirmed by telephone.",
    ),
)
AUDITS = (
    ("A customer in the United States", "14 of 15 points in order, the last one closed in six weeks"),
    ("Customs of our country (AEO)", "Passed"),
    ("An outside auditor for a European customer", "Two remarks on visitors, closed"),
)


def fact(company: Company, question: str) -> str:
    """What the company says about itself there, or nothing."""
    if question in company.says:
        return company.says[question]
    says = FACTS.get(question)
    return says(company) if says else ""


def closing_rows(question: str, lot: Random, on: date) -> tuple[dict[str, str], ...] | None:
    """The rows of the two lists at the end of a questionnaire, or None for another question."""
    day = (on - timedelta(days=lot.randint(30, 300))).isoformat()
    if question == "closing-incident-list":
        what, outcome = lot.choice(INCIDENTS)
        return ({"what": what, "date": day, "outcome": outcome},)
    if question == "closing-audits":
        who, result = lot.choice(AUDITS)
        return ({"who": who, "date": day, "result": result},)
    return None
