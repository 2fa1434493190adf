"""What breaks a run is told with the instance's id, so that the door can have the incident written."""
from collections.abc import Iterator
from contextlib import contextmanager

from data_model.process import ProcessInstance
from engine.broken import EngineBroken
from engine.store import StrangeState


@contextmanager
def breaking(instance: ProcessInstance) -> Iterator[None]:
    """
    Raises:
        EngineBroken: the tree or its stored state cannot be used.
    """
    instance_id = instance.id
    try:
        yield
    except EngineBroken as broken:
        broken.instance_id = broken.instance_id or instance_id
        raise
    except StrangeState as strange:
        raise EngineBroken("流程状态无法读取", instance_id, detail=str(strange)) from strange
