"""What the words mean and how things are judged: values in, values out; no disk, no network, no clock."""
