# Functions of the user's that read files which are not text, in child processes that run Rscript.

child_options <- function(loader, config) {
  if (!is.function(loader)) wrong("loader must be a function(source, emit)")
  code <- sprintf(".libPaths(%s); forebay:::child_main()", paste(deparse(.libPaths()), collapse = ""))
  list(child_argv = c(file.path(R.home("bin"), "Rscript"), "--vanilla", "-e", code), child_config = serialize(list(loader, config), NULL))
}

# Rows that a child before this one delivered are passed over: the function starts again.
emitter <- function(child, task) {
  to_skip <- task$first_row
  function(frame) {
    skip <- min(to_skip, nrow(frame))
    to_skip <<- to_skip - skip
    columns <- lapply(task$names, function(name) frame[[name]])
    wanted <- .Call(C_child_publish, child, columns, nrow(frame), skip)
    if (!wanted) signalCondition(structure(class = c("forebay_enough", "condition"), list(message = "enough", call = NULL)))
    invisible()
  }
}

noter <- function(child) {
  function(text, level = "info") {
    known <- match(level, LEVELS)
    if (is.na(known)) wrong("level must be one of ", paste0("\"", LEVELS, "\"", collapse = ", "))
    invisible(.Call(C_child_log, child, known, paste(text, collapse = " ")))
  }
}

run_task <- function(child, task, loader, config) {
  failure <- tryCatch({
    emit <- emitter(child, task)
    rest <- loader(list(path = task$path, source = task$source, bytes = task$bytes, config = config, log = noter(child)), emit)
    if (is.data.frame(rest)) emit(rest)
    NULL
  }, forebay_enough = function(condition) NULL, error = function(condition) condition)
  if (is.null(failure)) return(.Call(C_child_finish, child))
  number <- function(name) if (is.numeric(failure[[name]]) && !is.na(failure[[name]])) failure[[name]] else 0
  status <- if (inherits(failure, "forebay_error")) failure$status else -40L
  .Call(C_child_fail, child, status, number("line"), number("column"), conditionMessage(failure))
}

child_main <- function() {
  child <- .Call(C_child_open)
  given <- unserialize(.Call(C_child_config, child))
  while (!is.null(task <- .Call(C_child_take, child))) run_task(child, task, given[[1]], given[[2]])
}
