"""What the words mean and how things are judged."""
