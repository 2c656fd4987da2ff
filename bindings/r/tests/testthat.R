library(testthat)
library(forebay)

test_check("forebay")
