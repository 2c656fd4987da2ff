# Options of a load: the names that data.table, readr and read.table use, as fields of the library's structs. Nothing is decided
# here: values are put into the form that C takes, and the library checks them.

CHOICES <- list(
  header = c("FALSE" = 1, "TRUE" = 2),
  child_output = c(off = 1, inherit = 2),
  on_error = c(fail = 1, skip = 2, null = 3),
  percent = c(off = 1, fraction = 2, number = 3),
  hex = c("FALSE" = 1, "TRUE" = 2),
  encoding = c(bytes = 1, "utf-8" = 2, "UTF-8" = 2, "latin-1" = 3, latin1 = 3),
  overlong = c(fail = 1, truncate = 2),
  order = c(source = 1, any = 2),
  batch = c(chunk = 1, rows = 2, source = 3),
  format = c(auto = 1, text = 2, npy = 3, npz = 4, raw = 5)
)
CHARACTERS <- c("delimiter", "quote", "decimal", "thousands")
TEXTS <- c("comment", "member", "program")
LISTS <- c("na", "true_words", "false_words")
SECONDS <- c("start_timeout", "progress_timeout", "total_timeout")
NUMBERS <- c("children", "memory_bytes", "batch_rows", "split_bytes", "skip_rows", "keep_rejects", "max_errors", "max_rows",
             "header_bytes", "retries")
FILE <- c("max_rows", "header_bytes", "member", "format")

# Names of data.table::fread, read.table and readr -> ours.
ALIASES <- c(
  sep = "delimiter", delim = "delimiter", skip = "skip_rows", comment.char = "comment", select = "columns", col_select = "columns",
  na.strings = "na", dec = "decimal", big.mark = "thousands", nrows = "max_rows", n_max = "max_rows", nThread = "children",
  chunk_size = "batch_rows"
)
# In these each string is one text; by our own names a single string is a list as C has it.
ONE_TEXT <- "na.strings"

quoted <- function(text) paste0("\"", gsub("\"", "\"\"", enc2utf8(text), fixed = TRUE), "\"")

columns_text <- function(value) {
  if (is.numeric(value)) {
    if (any(value < 1 | value != trunc(value))) wrong("columns: give whole numbers from 1, or names")
    return(paste(format(value, scientific = FALSE, trim = TRUE), collapse = ","))
  }
  if (length(value) == 1) enc2utf8(value) else paste(quoted(value), collapse = ",")
}

# R's NA for a field or a type: only where R knows its bits.
fill_value <- function(key, value) {
  if (!is.na(value) || is.nan(value)) return(if (is.logical(value)) as.character(+value) else as.character(value))
  switch(sub("^[<>=]", "", key),
    f8 = "0x7FF00000000007A2", f4 = "nan", f = "nan", i4 = "-2147483648", i8 = "-9223372036854775808",
    wrong("fill: NA for ", key, " is not known; R has it for i4, i8, f4 and f8, other keys need a value"))
}

fill_text <- function(value) {
  if (is.character(value) && is.null(names(value))) return(enc2utf8(value))
  if (is.null(names(value))) wrong("fill: give a list with names, such as list(pos = -1, i4 = NA)")
  pairs <- vapply(names(value), function(key) {
    text <- fill_value(key, value[[key]])
    bare <- function(word) if (grepl("^[^[:space:],:\"]+$", word)) word else quoted(word)
    paste0(bare(key), ":", bare(text))
  }, "")
  paste(pairs, collapse = ",")
}

character_code <- function(name, value) {
  if (identical(value, FALSE) || (length(value) == 1 && is.na(value)) || identical(value, "")) return(if (name %in% c("delimiter", "quote")) 1 else 0)
  if (name == "quote" && identical(value, "off")) return(1)
  if (name == "delimiter" && value %in% c("blanks", "white")) return(1)
  if (!is.character(value) || length(value) != 1 || nchar(value) != 1) wrong(name, " is not one character")
  utf8ToInt(value)
}

choice_of <- function(name, value) {
  code <- CHOICES[[name]][as.character(value)]
  if (length(code) != 1 || is.na(code)) wrong(name, " must be one of ", paste(names(CHOICES[[name]]), collapse = ", "))
  unname(code)
}

number_of <- function(name, value) {
  if (name == "retries" && value == 0) return(4294967295)
  if (length(value) != 1 || !is.numeric(value) || is.na(value) || value < 0 || value != trunc(value)) {
    wrong(name, " must be a whole number from 0")
  }
  as.double(value)
}

option_of <- function(name, value) {
  if (name %in% names(CHOICES)) return(choice_of(name, value))
  if (name %in% CHARACTERS) return(character_code(name, value))
  if (name == "columns") return(columns_text(value))
  if (name == "fill") return(fill_text(value))
  if (name %in% LISTS) return(if (length(value) == 1) enc2utf8(value) else paste(quoted(value), collapse = ","))
  if (name %in% SECONDS) return(if (value > 0) max(1, round(value * 1000)) else wrong(name, " must be a number of seconds above 0"))
  if (name %in% TEXTS) return(enc2utf8(as.character(value)))
  number_of(name, value)
}

# Options by our own names; NULL means the default.
canonical <- function(given) {
  known <- c(names(CHOICES), CHARACTERS, TEXTS, LISTS, SECONDS, NUMBERS, "columns", "fill")
  out <- list()
  for (name in names(given)) {
    own <- if (name %in% names(ALIASES)) ALIASES[[name]] else name
    if (!own %in% known) wrong("there is no option '", name, "'; there are ", paste(sort(known), collapse = ", "))
    if (own %in% names(out)) wrong("'", name, "' and another option both say '", own, "'")
    value <- given[[name]]
    if (is.null(value)) next
    out[[own]] <- if (name %in% ONE_TEXT && length(value) == 1) quoted(value) else value
  }
  out
}

checked_names <- function(given) {
  if (length(given) > 0 && (is.null(names(given)) || any(!nzchar(names(given))))) wrong("options must be given by name")
  given
}

in_c_form <- function(own) {
  out <- Map(option_of, names(own), own)
  names(out) <- ifelse(names(own) %in% SECONDS, paste0(names(own), "_ms"), names(own))
  out
}
