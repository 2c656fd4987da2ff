// include/forebay/child.h: the program's other role.
#include "child/child.hpp"

#include "forebay/child.h"
#include "loader/loader.hpp"

int32_t forebay_child_main(int32_t argc, char** argv) noexcept {
  if (forebay::core::is_child(argc, argv)) return forebay::core::run_child();
  forebay::core::note_own_child_program();
  return FOREBAY_CHILD_NOT_ASKED;
}
