# The program of a child that runs a loader written in Julia: child_main.jl LIBRARY LOAD_PATH --forebay-child. It sees the packages that its parent sees.
ENV["FOREBAY_LIBRARY"] = ARGS[1]
empty!(LOAD_PATH)
append!(LOAD_PATH, split(ARGS[2], '\n'))
import Forebay
Forebay.run_child()
