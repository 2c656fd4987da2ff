# Failures are conditions of a class for each code, below "forebay_error".

CLASSES <- c(
  "-10" = "argument", "-11" = "version", "-12" = "dtype", "-13" = "mismatch", "-20" = "out_of_memory", "-21" = "full",
  "-22" = "no_space", "-23" = "limit", "-30" = "input_output", "-31" = "not_found", "-32" = "permission_denied",
  "-33" = "exists", "-34" = "busy", "-35" = "commit_unknown", "-40" = "format", "-41" = "foreign", "-42" = "bad_value",
  "-43" = "columns", "-44" = "truncated", "-45" = "journal", "-46" = "changed", "-50" = "child", "-51" = "child_timeout",
  "-52" = "protocol", "-53" = "spawn", "-60" = "state", "-61" = "cancelled", "-62" = "poisoned", "-70" = "internal"
)

# Called from C, with what a forebay_error holds; NA where it is not known.
raise <- function(fields) {
  names(fields) <- c("status", "code", "message", "path", "line", "column", "byte", "source")
  kind <- CLASSES[as.character(fields$status)]
  class <- c(if (!is.na(kind)) paste0("forebay_", kind, "_error"), "forebay_error", "error", "condition")
  stop(structure(class = class, c(list(message = fields$message, call = NULL), fields[names(fields) != "message"])))
}

fail <- function(status, code, ...) raise(list(status, code, paste0(...), NA_character_, NA_real_, NA_real_, NA_real_, NA_real_))

wrong <- function(...) fail(-10L, "FOREBAY_E_ARGUMENT", ...)
