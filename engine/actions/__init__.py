"""Everything a person or the clock can do to a process. Each action: check, move, store, tell."""
from engine.actions.answer import Answer
from engine.actions.cancelling import cancel
from engine.actions.claiming import claim, unclaim
from engine.actions.completing import complete
from engine.actions.hearing import hear, start_by
from engine.actions.retrying import retry
from engine.actions.ringing import fire_timer
from engine.actions.starting import start

__all__ = ["Answer", "cancel", "claim", "complete", "fire_timer", "hear", "retry", "start", "start_by", "unclaim"]
