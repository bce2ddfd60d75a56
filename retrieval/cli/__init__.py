"""What the commands of the library do, and how results are shown."""
