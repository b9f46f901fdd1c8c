"""What stops a start, in words that say what to do next."""


class DeployError(Exception):
    """Shown to the person at the terminal as it is; ends the command with exit code 1."""
