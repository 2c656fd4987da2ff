# Rows that were passed over and fields that were filled, because they could not be read.

fb_rejects <- function(x) {
  rows <- if (inherits(x, "forebay_loader")) .Call(C_loader_rejects, x$self$handle) else .Call(C_store_rejects, x$self$handle)
  field <- function(name, kind) vapply(rows, function(row) row[[name]], kind)
  data.frame(
    path = field("path", ""), line = field("line", 0), column = field("column", 0L), byte = field("byte", 0),
    reason = field("reason", ""), text = field("text", ""), code = field("code", ""), count = field("count", 0)
  )
}
