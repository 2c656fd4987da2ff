# Guesses of dtype and options, to look at and to freeze.

SNIFFED <- c("delimiter", "quote", "header", "skip_rows", "comment", "decimal", "na", "program", "start_timeout", "progress_timeout",
             "child_output")

guessed_options <- function(found) {
  letter <- function(code) if (code <= 1) FALSE else intToUtf8(code)
  out <- list(delimiter = letter(found$delimiter), quote = letter(found$quote), header = found$header == 2)
  if (found$skip_rows > 0) out$skip_rows <- found$skip_rows
  if (found$decimal > 0 && intToUtf8(found$decimal) != ".") out$decimal <- intToUtf8(found$decimal)
  if (nzchar(found$comment)) out$comment <- found$comment
  if (nzchar(found$na)) out$na <- found$na
  out
}

fb_sniff <- function(file, ...) {
  found <- .Call(C_sniff, check_paths(file)[1], in_c_form(canonical(checked_names(list(...)))))
  structure(class = "forebay_sniff", list(
    dtype = found$dtype, options = guessed_options(found), confidence = found$confidence, rows_sampled = found$rows_sampled,
    notes = found$notes
  ))
}

print.forebay_sniff <- function(x, ...) {
  cat("dtype: ", x$dtype, "\nconfidence: ", x$confidence, "%\n", sep = "")
  for (name in names(x$options)) cat(name, " = ", deparse(x$options[[name]]), "\n", sep = "")
  if (length(x$notes) > 0) cat(paste0("note: ", x$notes), sep = "\n")
  invisible(x)
}
