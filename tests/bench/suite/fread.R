# fread.R THREADS KIND FILE...: data.table's fread into memory; rows and seconds as JSON.
suppressMessages(library(data.table))
args <- commandArgs(trailingOnly = TRUE)
setDTthreads(as.integer(args[1]))
files <- args[-(1:2)]
start <- Sys.time()
tables <- lapply(files, function(f) fread(f, sep = if (args[2] == "meth") "\t" else ",", header = args[2] != "meth", showProgress = FALSE))
seconds <- as.numeric(Sys.time() - start, units = "secs")
cat(sprintf('{"rows": %d, "seconds": %.6f}\n', sum(vapply(tables, nrow, 1L)), seconds))
