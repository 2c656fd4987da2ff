// Says on standard error what child programs of the user's own have to tell.
#pragma once

#include <forebay/loader.h>

namespace forebay::cli {

class Progress;

class ChildNotes {
 public:
  explicit ChildNotes(bool wanted) : wanted_(wanted) {}
  // Takes every note there is. `progress` makes way for what is said.
  void show(forebay_loader* loader, Progress* progress) const;

 private:
  bool wanted_;
};

}  // namespace forebay::cli
