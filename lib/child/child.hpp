// Front header of child: what runs inside a child process. Links neither libuv nor HDF5, so that
// hostile input meets only text, codec, arena and wire.
#pragma once

#include "child/custom_child.hpp"

namespace forebay::core {

// Whether this process was started as a child loader.
bool is_child(int argc, char** argv) noexcept;

// The built-in text loader: serves tasks until the coordinator closes the socket. Returns the exit
// status for main().
int run_child();

}  // namespace forebay::core
