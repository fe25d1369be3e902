"""What can be wrong with an upload as a whole."""

from pipelines.core.code import Code

LEFT_CODES = (
    Code(
        "file_name",
        "The file's name cannot be used safely.",
        "`../rules.csv`, or a name with an invisible character",
        "Give the file a plain name, such as `questions-2026.csv`.",
    ),
    Code(
        "wrong_steward",
        "The file was written by somebody whom the contract does not name.",
        "`rules.csv` dropped by a colleague",
        "Let the steward drop the file, or have the contract name the colleague.",
    ),
    Code(
        "manifest",
        "The files are not those that the list in `_READY` promises.",
        "`rules.csv` is listed with 120 bytes and has 96",
        "Drop the missing files, or a new `_READY` last.",
    ),
)

HOLD_CODES = (
    Code(
        "shrink_percent",
        "The upload has far fewer rows than the last accepted one.",
        "500 rows where there were 1,200",
        "Drop an empty file named `_CONFIRM` if rows were meant to go; drop the whole source if not.",
    ),
    Code(
        "category_columns",
        "A category that was there before is gone.",
        "no row says `payroll` any more",
        "Drop `_CONFIRM` if it was meant to go; drop files that have it if not.",
    ),
    Code(
        "psi",
        "Lengths or categories are spread quite differently than before.",
        "answers that are suddenly twice as long",
        "Look at the pictures in the letter; drop `_CONFIRM` if that is right.",
    ),
    Code(
        "auc",
        "The new texts can be told from the old ones at a glance.",
        "rows of another subject, or from another program",
        "Look at the new rows; drop `_CONFIRM` if they belong here.",
    ),
    Code(
        "novelty_percent",
        "More rows are new or changed than one upload should bring.",
        "70 % new rows where 30 % are the most",
        "Drop `_CONFIRM` if all of them are right.",
    ),
)

UPLOAD_CODES = (
    Code(
        "row_count",
        "The upload has fewer or more rows than the contract allows.",
        "12 rows where 100 are the least",
        "Upload the complete source: every upload replaces the one before.",
    ),
    Code(
        "sql",
        "A number that the contract computes over all rows is out of its bounds.",
        "more than 60 % of all rows are of one category",
        "Read the rule's sentence in the letter and correct the rows that it speaks of.",
    ),
    Code(
        "duplicate_share",
        "Too large a share of the values is there more than once.",
        "30 % of the questions are repeated",
        "Remove the repeated rows.",
    ),
    Code(
        "teacher_share",
        "Too large a share of the rows was written by a model instead of a person.",
        "80 % synthetic rows where half is the most",
        "Add rows that people wrote, or remove synthetic ones.",
    ),
    Code(
        "category_share",
        "A category has too small or too large a share of the rows.",
        "`billing` fills 90 % of the upload",
        "Even the categories out.",
    ),
)
