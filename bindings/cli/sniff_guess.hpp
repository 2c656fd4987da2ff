// What the library guesses of a text, in words of the command line.
#pragma once

#include <string>
#include <vector>

#include "handles.hpp"
#include "load_options.hpp"

namespace forebay::cli {

struct SniffFree {
  void operator()(forebay_sniff* sniff) const { forebay_sniff_free(sniff); }
};
using SniffOwner = std::unique_ptr<forebay_sniff, SniffFree>;

// The first file that folders, patterns, lists and names stand for and that can be read; without
// one the first name. Standard input is none: what a guess reads of it would be lost to the load.
std::string first_input(const std::vector<std::string>& names);

// Guesses what the options leave open. `also_at`: a byte whose surroundings are looked at too.
forebay_status sniff_input(const std::string& path, const LoadOptions& options,
                           const forebay_sniff_options& sniff_options, SniffOwner* out,
                           forebay_error* err);
// The options that are left open become those of the guess, the dtype too.
void take_guess(const forebay_sniff* sniff, LoadOptions* options);

// "--delimiter comma --header --dtype 'id:i4,price:f8'", to be typed into a shell.
std::string words_of(const LoadOptions& options);
std::string shell_word(const std::string& text);

// Of two dtypes with as many fields: for each the type that holds the values of both, the names of
// the first. "" if there is none.
std::string wider_dtype(const std::string& one, const std::string& other);

}  // namespace forebay::cli
