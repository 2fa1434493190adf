"""When a run's tree itself fails: nothing of the move is kept, and the incident is written in a unit of work of its own."""


class EngineBroken(Exception):
    """The move cannot be stored. The door rolls back and calls `incidents.record_broken`.

    Args:
        reason: what an administrator reads: a message id without parameters, kept as it is and translated where it is shown.
    """

    def __init__(self, reason: str, instance_id: int | None = None, element: str = "", detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.instance_id, self.element, self.detail = reason, instance_id, element, detail
