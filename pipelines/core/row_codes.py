"""What can be wrong with one row: it could not be read, or it breaks a rule of the contract."""

from pipelines.core.code import Code

ROW_CODES = (
    Code(
        "field_count",
        "The row has more or fewer fields than the header.",
        "`What is VAT?,A tax, in short,2026` under three columns",
        "Put texts that hold a comma in quotes, and fill up missing fields with commas.",
    ),
    Code(
        "type",
        "The value is not of its column's type.",
        "`1,200 USD` in a column of numbers",
        "Write plain numbers, such as 1200 or 0.5, without separators or units.",
    ),
    Code(
        "characters",
        "The text holds characters that no text may hold.",
        "an invisible NUL character in the middle of a word",
        "Write the text again without invisible control characters.",
    ),
    Code(
        "json",
        "The line is not one JSON object.",
        "`{question: What is VAT?}`",
        'Write one object a line: `{"question": "What is VAT?"}`.',
    ),
    Code(
        "unknown_key",
        "The object holds a key that is no column of the contract.",
        '`{"question": "…", "anwser": "…"}`',
        "Use the contract's column names as keys, and remove the others.",
    ),
    Code(
        "chat",
        "The conversation is not one question with its answer.",
        "a `messages` list without a line of the assistant",
        "Write one user message followed by one assistant message.",
    ),
)

COLUMN_CODES = (
    Code("not_null", "The value must be filled in.", "an empty cell", "Fill it in, or remove the row."),
    Code(
        "unique",
        "The value must be different on every row.",
        "`Q-17` on two rows",
        "Keep one of the rows, or give each its own value.",
    ),
    Code(
        "length_between",
        "The text is shorter or longer than the contract allows.",
        "`ok` where 10 characters are the least",
        "Write the text in full, or shorten it.",
    ),
    Code(
        "value_between",
        "The number is smaller or larger than the contract allows.",
        "`-5` where 0 is the least",
        "Correct the number.",
    ),
    Code(
        "matches",
        "The value does not have the form that the contract asks for.",
        "`1.4.2026` where dates look like `2026-04-01`",
        "Write the value in the form that the rule names.",
    ),
    Code(
        "not_matches",
        "The value has a form that the contract forbids.",
        "a web address in an answer",
        "Remove that part of the text.",
    ),
    Code(
        "in_set",
        "The value is none of those that the contract lists.",
        "`Biling` where `billing` is allowed",
        "Use one of the listed values, spelt exactly so.",
    ),
    Code(
        "not_in_set",
        "The value is one that the contract forbids, such as a placeholder.",
        "`N/A` or `TODO`",
        "Write the real value, or remove the row.",
    ),
)

TEXT_CODES = (
    Code(
        "near_unique",
        "The text says almost the same as an earlier row.",
        "`What is VAT?` and `What is  V.A.T. ?`",
        "Keep one of the rows.",
    ),
    Code(
        "one_answer",
        "The same question has different answers.",
        "`What is the rate?` answered with 19 % and with 7 %",
        "Keep the right answer, or say in the question what makes the difference.",
    ),
    Code(
        "substantial",
        "The answer is empty or says nothing.",
        "`n/a`, `see above`, `I cannot help with that`",
        "Write the answer in full, or remove the row.",
    ),
    Code(
        "language",
        "The text is written in another language than the contract names.",
        "a French answer in an English source",
        "Translate the text, or remove the row.",
    ),
    Code(
        "tokens_between",
        "The row is too short or too long for the model to learn from.",
        "an answer of thirty pages",
        "Split the row into several, or shorten it.",
    ),
    Code(
        "no_personal_data",
        "The text seems to hold personal data.",
        "an e-mail address, a telephone or card number",
        "Replace it by a placeholder such as [name], or remove the row.",
    ),
    Code(
        "no_secrets",
        "The text seems to hold a password or a key.",
        "`api_key = …` followed by a long random word",
        "Remove it, and have the key changed: it was in a shared file.",
    ),
    Code(
        "no_terms",
        "The text holds a word from the contract's list of unwanted words.",
        "an insult that was copied from a ticket",
        "Write the sentence without the word, or remove the row.",
    ),
    Code(
        "no_golden",
        "The row repeats a question from the golden set, which judges the models and may not train them.",
        "an exam question together with its answer",
        "Remove the row.",
    ),
)
