# Tables: append, read, attributes.

fb_table <- function(store, name = "data", dtype = NULL, layout = c("rows", "columns"), chunk_rows = 0, compression = 0,
                     shuffle = FALSE, fletcher32 = FALSE) {
  layout <- match.arg(layout)
  options <- list(chunk_rows = chunk_rows, layout = if (layout == "rows") 1 else 2, deflate = compression, shuffle = shuffle, fletcher32 = fletcher32)
  text <- if (is.null(dtype)) NULL else if (is.data.frame(dtype)) fb_dtype(dtype) else dtype_text(dtype)
  structure(list(handle = .Call(C_table_open, store$self$handle, enc2utf8(name), text, options), store = store, name = name),
            class = "forebay_table")
}

fb_info <- function(table) .Call(C_table_info, table$handle)

fb_append <- function(table, rows) {
  if (inherits(rows, "forebay_array")) return(invisible(.Call(C_table_append_array, table$handle, rows$handle)))
  if (!is.data.frame(rows)) wrong("rows must be a data.frame or an array of fb_load(as = \"array\")")
  names <- fb_info(table)$names
  missing <- setdiff(names, names(rows))
  if (length(missing) > 0) fail(-13L, "FOREBAY_E_MISMATCH", "there is no column ", paste(missing, collapse = ", "), "; the table has ", paste(names, collapse = ", "))
  invisible(.Call(C_table_append, table$handle, lapply(names, function(name) rows[[name]]), nrow(rows)))
}

fb_rows <- function(table, first = 1, n = Inf, columns = NULL, int64 = c("double", "integer64"), factors = FALSE) {
  info <- fb_info(table)
  if (first < 1 || first != trunc(first)) wrong("first counts from 1")
  fields <- if (is.null(columns)) seq_along(info$names) else if (is.character(columns)) match(columns, info$names) else as.integer(columns)
  if (anyNA(fields) || any(fields < 1 | fields > length(info$names))) wrong("columns: the table has ", paste(info$names, collapse = ", "))
  count <- max(0, min(n, info$rows - first + 1))
  frame <- .Call(C_table_read, table$handle, first - 1, count, as.integer(fields) - 1L, int64_is_integer64(int64))
  with_factors(frame, factors)
}

as.data.frame.forebay_table <- function(x, row.names = NULL, optional = FALSE, ...) fb_rows(x, ...)

dim.forebay_table <- function(x) {
  info <- fb_info(x)
  c(info$rows, length(info$names))
}

names.forebay_table <- function(x) fb_info(unclass(x))$names
head.forebay_table <- function(x, n = 6L, ...) fb_rows(x, 1, n)

# What the table holds of each file that was loaded into it.
fb_sources <- function(table) {
  rows <- .Call(C_table_sources, table$handle)
  as_columns(rows, list(path = "", resolved = "", state = "", rows = 0, size = 0, offset = 0, line = 0, rejects = 0, skipped = 0, ahead = 0, hash = ""))
}

fb_attributes <- function(table) .Call(C_table_attributes, table$handle)

fb_set_attribute <- function(table, name, value) {
  if (length(value) != 1 || !(is.character(value) || is.numeric(value))) wrong("an attribute is one text or one number")
  invisible(.Call(C_table_set_attribute, table$handle, name, value))
}

# The dtype of a data.frame's columns, for a table to hold them.
fb_dtype <- function(frame) {
  width <- function(text) max(1L, nchar(enc2utf8(text), "bytes"), na.rm = TRUE)
  type_of <- function(column) {
    type <- if (inherits(column, "integer64")) "i8"
    else if (inherits(column, "Date")) "M8[D]"
    else if (inherits(column, "POSIXct")) "M8[us]"
    else if (is.factor(column)) paste0("S", width(levels(column)))
    else if (is.character(column)) paste0("S", width(column))
    else if (is.logical(column)) "?"
    else if (is.integer(column)) "i4"
    else if (is.double(column)) "f8"
    else wrong("a column of class ", class(column)[1], " has no dtype")
    shape <- dim(column)[-1]
    if (length(shape) > 0) paste0(type, "[", paste(shape, collapse = ","), "]") else type
  }
  paste0(names(frame), ":", vapply(frame, type_of, ""), collapse = ",")
}

print.forebay_table <- function(x, ...) {
  info <- fb_info(unclass(x))
  cat("<forebay table ", unclass(x)$name, ": ", info$rows, " rows of ", info$dtype, ">\n", sep = "")
  invisible(x)
}
