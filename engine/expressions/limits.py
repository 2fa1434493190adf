"""How much one expression may be and do. Reached limits are errors, never cut-off results."""
SOURCE_CHARS = 2_000
NODES = 400
DEPTH = 40  # of the syntax tree
BRACKETS = 60  # open at once, counted before Python's parser sees the text
STATEMENTS = 60

STEPS = 20_000  # nodes visited, items walked over, 128 characters compared
ALLOCATED = 1_000_000  # items of new lists and characters of new texts, together
TEXT_CHARS = 20_000
LIST_ITEMS = 5_000
ARGUMENTS = 12
CALENDAR_STEPS = 10  # a function that reads dates
LENT_FUNCTION_STEPS = 100  # a function lent by the caller may ask the database

INTEGER = 2**53 - 1  # what JSON readers agree on
STORED_NODES = 20_000  # as many as the steps to look at them
STORED_DEPTH = 30
CHARS_A_NODE = 16  # that many characters of stored text weigh as much as one item

LINE_BYTES = 64 * 1024
