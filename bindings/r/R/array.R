# Arrays: rows in shared memory, and the frames that are made of them.

# What fb_load() was told to deliver.
in_form <- function(array) finished(.Call(C_array_frame, array$handle, array$form$integer64), array$form)

finished <- function(frame, form) {
  frame <- with_factors(frame, form$factors)
  if (form$as == "data.table") {
    if (!requireNamespace("data.table", quietly = TRUE)) wrong("as = \"data.table\" needs the package data.table")
    data.table::setDT(frame)
  }
  frame
}

# TRUE: all strings; names of columns; or a list of levels by name.
with_factors <- function(frame, factors) {
  if (identical(factors, FALSE)) return(frame)
  names <- if (isTRUE(factors)) names(frame)[vapply(frame, is.character, TRUE)] else if (is.list(factors)) names(factors) else factors
  unknown <- setdiff(names, names(frame))
  if (length(unknown) > 0) wrong("factors: there is no column ", paste(unknown, collapse = ", "))
  for (name in names) {
    levels <- if (is.list(factors)) factors[[name]] else sort(unique(frame[[name]]), method = "radix")
    frame[[name]] <- factor(frame[[name]], levels = levels)
  }
  frame
}

as.data.frame.forebay_array <- function(x, row.names = NULL, optional = FALSE, ...) {
  in_form(list(handle = x$handle, form = c(list(as = "data.frame"), x$form[c("integer64", "factors")])))
}

dim.forebay_array <- function(x) {
  facts <- .Call(C_array_facts, x$handle)
  c(as.integer(facts$rows), length(.Call(C_dtype_fields, facts$dtype)))
}

print.forebay_array <- function(x, ...) {
  facts <- .Call(C_array_facts, x$handle)
  cat("<forebay array:", facts$rows, "rows of", facts$dtype, "of file", facts$source, "from row", facts$first_row, "on>\n")
  invisible(x)
}
