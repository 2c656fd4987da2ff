# Every Julia example of the guide, the READMEs and the docstrings runs: the blocks of a page one after the other, in a folder with rep1.txt,
# rep2.txt and rep2.txt.gz. A comment "# value" or "# true" behind an expression of a docstring is compared with its value. All run in Main, as a user's do:
# functions that go to children must be made there.

import Markdown

blocks_of(text) = [String(found[1]) for found in eachmatch(r"```julia\n(.*?)```"s, text)]

function section_of(text, heading)
    heading === nothing && return text
    return match(Regex("(^|\\n)## $heading\\n(.*?)(\\n## |\$)", "s"), text)[2]
end

function in_samples(f)
    in_folder() do
        for (place, count) in ((1, 3000), (2, 2000))
            lines = collect(Iterators.take(lines_of(HEADS[place]), count))
            write("rep$place.txt", join(lines, '\n') * "\n")
        end
        run(`gzip -k rep2.txt`)
        f()
    end
end

"Runs the blocks, and returns how many there were."
function run_page(path, heading = nothing)
    found = blocks_of(section_of(read(path, String), heading))
    in_samples() do
        for block in found
            try
                redirect_to_nothing(() -> include_string(Main, block, path))
            catch
                println("in the block:\n", block)
                rethrow()
            end
        end
    end
    return length(found)
end

redirect_to_nothing(f) = Base.open(file -> redirect_stdout(f, file), "/dev/null", "w")

@testset "the examples of the pages run" begin
    @test run_page(joinpath(ROOT, "docs", "guide", "julia.md")) >= 12
    @test run_page(joinpath(ROOT, "bindings", "julia", "README.md")) >= 1
    @test run_page(joinpath(ROOT, "README.md"), "From Julia") == 1
end

docstring_of(name) = string(Base.Docs.doc(Base.Docs.Binding(Forebay, name)))

"Runs an example expression by expression; a comment behind one that is an expression too is what its value must be equal to."
function run_example(text, name)
    pending = ""
    for line in split(text, '\n')
        pending *= line * '\n'
        expression = Meta.parse(pending; raise = false)
        (expression === nothing || Meta.isexpr(expression, :incomplete)) && continue
        value = Core.eval(Main, expression)
        pending = ""
        found = match(r"#\s+(.*?)\s*$", line)
        found === nothing || check_value(value, String(found[1]), name)
    end
    @test isempty(strip(pending))
end

function check_value(value, shown, name)
    wanted = try
        Core.eval(Main, Meta.parse(shown))
    catch
        return nothing # words
    end
    value == wanted || println(stderr, "$name: $(repr(value)), not $shown")
    @test value == wanted
end

@testset "every public name has a docstring, and its examples are right" begin
    for name in Forebay.PUBLIC
        @test isdefined(Forebay, name)
        text = docstring_of(name)
        @test !occursin("No documentation found", text)
        for example in blocks_of(text)
            in_folder(() -> redirect_to_nothing(() -> run_example(example, name)))
        end
    end
end
