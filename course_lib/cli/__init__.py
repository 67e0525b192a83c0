"""The installed `course` command."""
