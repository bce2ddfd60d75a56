"""The command line of the library: parser, commands, and how results are shown."""
