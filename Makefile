# A facade; CMakeLists.txt is the truth. `make help` lists the targets.
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 600
CTEST = ctest --test-dir $(1) --output-on-failure -j2 $(CTEST_FLAGS)
CONFIGURE = mkdir -p $(1) && cmake -S . -B $(1) -G Ninja -DCMAKE_INSTALL_PREFIX=$(PREFIX) $(2) $(CMAKE_FLAGS) \
  > $(1)/configure.log 2>&1 || { cat $(1)/configure.log; exit 1; }

.PHONY: build deps demo test test-julia test-long fuzz asan tsan lint docs bench reliability install clean help
.DEFAULT_GOAL := build

build: ## build the libraries and the command, into build/
	@$(call CONFIGURE,$(BUILD))
	cmake --build $(BUILD) --target product -j $(JOBS)

deps: ## install the packages that building and testing need
	@sh cmake/deps.sh build

demo: deps build ## load the two sample files into build/demo/meth.h5 and look at the result
	@sh cmake/demo.sh $(BUILD)

test: deps ## build and run every test
	@$(call CONFIGURE,$(BUILD),-DFOREBAY_TESTS=ON)
	cmake --build $(BUILD) -j $(JOBS)
	$(call CTEST,$(BUILD)) -LE long

test-julia: ## the Julia binding, with Julia 1.5.3 and g++ 10 in a Debian 11 that is made under build/ (JULIA_ROOT: one to use)
	@sh cmake/deps.sh build julia
	@sh cmake/test_julia.sh $(BUILD)

test-long: deps ## the tests that take many minutes too
	@$(call CONFIGURE,$(BUILD),-DFOREBAY_TESTS=ON)
	cmake --build $(BUILD) -j $(JOBS)
	$(call CTEST,$(BUILD))
	$(MAKE) fuzz

fuzz: ## each fuzz target under libFuzzer with sanitizers, for FUZZ_SECONDS (600)
	@sh cmake/deps.sh build fuzz
	@$(call CONFIGURE,build-fuzz,-DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_FLAGS=-O1 -DFOREBAY_FUZZ=ON -DFOREBAY_WERROR=OFF "-DFOREBAY_SANITIZE=address;undefined")
	cmake --build build-fuzz --target fuzzers -j $(JOBS)
	@sh cmake/fuzz.sh build-fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

asan: deps ## the tests under AddressSanitizer and UBSan
	@$(call CONFIGURE,build-asan,-DCMAKE_BUILD_TYPE=Debug "-DFOREBAY_SANITIZE=address;undefined")
	cmake --build build-asan -j $(JOBS)
	$(call CTEST,build-asan) -LE "long|plain"

tsan: deps ## the tests under ThreadSanitizer
	@$(call CONFIGURE,build-tsan,-DCMAKE_BUILD_TYPE=Debug -DFOREBAY_SANITIZE=thread)
	cmake --build build-tsan -j $(JOBS)
	$(call CTEST,build-tsan) -LE "long|plain"

lint: ## format, clang-tidy, the include arrows
	@sh cmake/deps.sh build lint
	@$(call CONFIGURE,$(BUILD))
	@sh cmake/lint.sh $(BUILD) $(JOBS)

docs: ## the reference and guide as HTML, into build/docs/html
	@sh cmake/deps.sh build docs
	@mkdir -p $(BUILD)/docs && FOREBAY_OUTPUT=$(BUILD)/docs doxygen docs/Doxyfile && echo "$(BUILD)/docs/html/index.html"

bench: deps ## the benchmarks, side by side with other tools where they can be had
	@sh cmake/deps.sh bench
	@$(call CONFIGURE,$(BUILD),-DFOREBAY_TESTS=ON)
	cmake --build $(BUILD) --target bench -j $(JOBS)
	@sh tests/bench/suite/peers.sh $(BUILD)/bench-venv
	$(BUILD)/bench-venv/bin/python tests/bench/suite --build $(BUILD) --source . --folder $(BUILD)/bench $(BENCH_FLAGS)

reliability: deps ## crash the store and stock HDF5 in memory, print the tables of docs/reliability.md
	@$(call CONFIGURE,$(BUILD),-DFOREBAY_TESTS=ON)
	cmake --build $(BUILD) --target reliability -j $(JOBS)

install: build ## install under PREFIX (/usr/local)
	cmake --install $(BUILD) --prefix $(PREFIX)
clean: ## remove everything built
	rm -rf build build-asan build-tsan build-fuzz
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12
