#include "open_store.hpp"

#include "console.hpp"

namespace forebay::cli {

StoreOwner open_for_reading(const std::string& path, int* code) {
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.mode = FOREBAY_STORE_READ;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store* store = nullptr;
  const forebay_status status = forebay_store_open(path.c_str(), &options, &store, &err);
  *code = status < 0 ? reading_failed(status, err) : kExitOk;
  return StoreOwner(store);
}

int reading_failed(forebay_status status, const forebay_error& err) {
  print_error(err.message[0] != '\0' ? err.message : forebay_status_message(status));
  return exit_code_of(status, Duty::reading);
}

}  // namespace forebay::cli
