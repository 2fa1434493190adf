"""Everything a person or the clock can do to a process. Each action: check, move, store, tell."""
from engine.actions.adding_signers import add_signer, remove_signer
from engine.actions.answer import Answer
from engine.actions.bulk import Result, bulk_complete
from engine.actions.cancelling import cancel
from engine.actions.claiming import claim, unclaim
from engine.actions.commenting import comment
from engine.actions.completing import complete
from engine.actions.copying import copy_to, read_copy
from engine.actions.delegating import delegate, give_back, take_back
from engine.actions.drafting import draft_of, drop_draft, save_draft
from engine.actions.editing import edit_data
from engine.actions.following import follow, unfollow
from engine.actions.hearing import hear, start_by
from engine.actions.migrating import migrate, migrate_many
from engine.actions.moving import move
from engine.actions.reassigning import reassign
from engine.actions.rejecting import reject
from engine.actions.reminding import remind
from engine.actions.retrying import retry
from engine.actions.returning import return_targets, return_to
from engine.actions.ringing import fire_timer
from engine.actions.signers import signers
from engine.actions.skipping import skip
from engine.actions.starting import start
from engine.actions.suspending import resume, suspend
from engine.actions.transferring import transfer
from engine.actions.wishing import agree_to_cancel, ask_for
from engine.actions.withdrawing import can_withdraw, withdraw

__all__ = ["Answer", "Result", "add_signer", "agree_to_cancel", "ask_for", "bulk_complete", "can_withdraw", "cancel", "claim", "comment", "complete",
           "copy_to", "delegate", "draft_of", "drop_draft", "edit_data", "fire_timer", "follow", "give_back", "hear", "migrate",
           "migrate_many", "move", "read_copy", "reassign", "reject", "remind", "remove_signer", "resume", "retry",
           "return_targets", "return_to", "save_draft", "signers", "skip", "start", "start_by", "suspend", "take_back",
           "transfer", "unclaim", "unfollow", "withdraw"]
