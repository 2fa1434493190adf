"""Why something did not leave the house, and whether trying again can help."""


class Later(Exception):
    """It was not taken now; the outbox tries again."""


class Unreachable(Later):
    """Nobody answered at the other end: what else would go there waits too."""


class Hopeless(Exception):
    """It will never be taken as it is: laid aside at once, for an administrator to see."""
