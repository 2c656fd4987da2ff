// The loop of a load: rows from the loader into the tables, with a look at signals and the progress
// bar about ten times a second.
#pragma once

#include <forebay/forebay.h>

#include "child_notes.hpp"
#include "interrupt.hpp"
#include "load_output.hpp"
#include "progress.hpp"

namespace forebay::cli {

struct AppendJob {
  forebay_loader* loader = nullptr;
  LoadOutput& output;
  const InterruptWatch& interrupt;
  Progress& progress;
  const ChildNotes& notes;
};

// Both return FOREBAY_OK once all sources are at their end, the failed ones too: their failures are
// asked of the loader afterwards. FOREBAY_E_CANCELLED: a signal came. Any other failure ended the
// load, and `err` says why.

// All sources into the one table of the output.
forebay_status append_to_one_table(const AppendJob& job, forebay_error* err);
// Source k into table k of the output.
forebay_status append_to_table_of_source(const AppendJob& job, forebay_error* err);

}  // namespace forebay::cli
