# Lists of entries from C as data.frames: rows that were passed over and fields that were filled, because they could not be read; notes of
# child programs.

# `kinds`: a value of each column's type, by its name.
as_columns <- function(rows, kinds) {
  columns <- lapply(names(kinds), function(name) vapply(rows, function(row) row[[name]], kinds[[name]]))
  names(columns) <- names(kinds)
  as.data.frame(columns)
}

fb_rejects <- function(x) {
  rows <- if (inherits(x, "forebay_loader")) .Call(C_loader_rejects, x$self$handle) else .Call(C_store_rejects, x$self$handle)
  as_columns(rows, list(path = "", line = 0, column = 0L, byte = 0, reason = "", text = "", code = "", count = 0))
}

LEVELS <- c("debug", "info", "warning", "error")

# Each note is told once.
fb_notes <- function(loader) {
  notes <- as_columns(rev(as.list(.Call(C_loader_notes, loader$self$handle))), list(level = 0L, source = 0L, pid = 0L, lost = 0, text = ""))
  notes$level <- LEVELS[notes$level]
  notes
}
