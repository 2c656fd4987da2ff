// forebay-loader: the child program that is installed with the library.
#include <cstdio>

#include "child/child.hpp"

int main(int argc, char** argv) {
  if (forebay::core::is_child(argc, argv)) return forebay::core::run_child();
  std::fputs("forebay-loader is started by the forebay library and does nothing on its own\n",
             stderr);
  return 1;
}
