"""What can be wrong with a file as a whole: it is refused, for nothing in it can be trusted."""

from pipelines.core.code import Code

FILE_CODES = (
    Code(
        "empty", "The file holds no header or no row.", "a file of 0 bytes", "Upload the file with its rows."
    ),
    Code(
        "format",
        "This kind of file is not accepted, or it is not written as its name says.",
        "`rules.docx`",
        "Save the table as .csv, .tsv, .jsonl, .json, .parquet or .xlsx; pack texts as .gz or .zip only.",
    ),
    Code(
        "mislabelled",
        "The name ends in one format and the content is another.",
        "an Excel workbook that was renamed to `rules.csv`",
        "Save the file again in the format that its name says.",
    ),
    Code(
        "encoding",
        "The text is not written in UTF-8.",
        "`Gebühr` saved by an old Windows program",
        "Save the file as UTF-8; a spreadsheet offers “CSV UTF-8”.",
    ),
    Code(
        "header",
        "A column of the contract is missing, unknown, or there twice.",
        "`question,anwser` instead of `question,answer`",
        "Give the columns exactly the names that the contract lists.",
    ),
    Code(
        "delimiter",
        "The columns are separated by another sign than the file's name promises.",
        "`question;answer` in `rules.csv`",
        "Export the file again with commas, or with tabs in a .tsv file.",
    ),
    Code(
        "open_quote",
        "A quote is opened and never closed, so that rows run into each other.",
        '`"What is VAT?,A tax`',
        "Close the quote on the named line.",
    ),
    Code(
        "quoting",
        "A quote stands inside a text without being doubled.",
        '`"the "net" sum",100`',
        'Write a quote inside a quoted text twice: `"the ""net"" sum"`.',
    ),
    Code(
        "line_too_long",
        "A line is longer than any row can be.",
        "a line of 20 million characters",
        "Put line breaks between the rows; look for a quote that was not closed.",
    ),
    Code(
        "cell_too_long",
        "A single value is longer than any text in a table should be.",
        "a cell that holds a whole book",
        "Shorten the text or split it into several rows.",
    ),
    Code(
        "json_syntax",
        "The file is not valid JSON from a certain place on.",
        '`[{"question": "What is VAT?"},]`',
        "Export the file again with a program instead of writing it by hand.",
    ),
    Code(
        "merged_cells",
        "The sheet holds merged cells, so that rows have no value of their own.",
        "one cell `income tax` across five rows",
        "Unmerge the cells and write the value into every row.",
    ),
    Code(
        "truncated",
        "The file ends in the middle of a row.",
        '`{"question": "What is V`',
        "The export was cut off: save it again and repeat the upload.",
    ),
    Code(
        "damaged",
        "The bytes of the file do not follow its own format.",
        "a .parquet file of which the last half is missing",
        "Save or export the file again and repeat the upload.",
    ),
    Code(
        "zip",
        "The archive is not safe to unpack.",
        "an archive with a password, a link, or a file named `../rules.csv`",
        "Pack the files again, plainly, or upload them unpacked.",
    ),
    Code(
        "nested",
        "The archive holds a file that may not be packed.",
        "`all.zip` with `rules.xlsx` or another archive inside",
        "Upload that file by itself, unpacked.",
    ),
    Code(
        "bomb",
        "The archive unpacks to an implausible size.",
        "10 kB that unpack to 2 GB",
        "Upload the file unpacked.",
    ),
    Code(
        "sheets",
        "The workbook has several sheets with rows, so that nobody can tell which one is meant.",
        "the sheets `2025` and `2026`, both filled in",
        "Keep one sheet with rows, or save each sheet as a file of its own.",
    ),
    Code(
        "too_big",
        "The upload holds more data than is read at a time.",
        "more than a gigabyte of text",
        "Upload less data at a time.",
    ),
    Code(
        "too_many_rows",
        "The upload holds more rows than are read at a time.",
        "a million rows more than the limit",
        "Upload fewer rows.",
    ),
)
