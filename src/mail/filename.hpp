#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearback::mail {

// A name to save under: no directories, no controls, nothing that file systems refuse, no
// characters that aren't seen or turn the reading direction around to hide an extension; at most
// 255 octets.
std::string safe_filename(std::string_view name);
// The same of a title: slashes don't part directories there.
std::string filename_of_title(std::string_view title, std::string_view extension);
// The media type that a name's extension tells, for files that come without one.
std::string_view type_of_filename(std::string_view name);

struct NamedFile {
  std::string name, type;  // "application/pdf"
};
// What the files of one folder are called, one name for each: safe, and told apart where file
// systems differ in what is the same (upper and lower case, two ways to write "é", dots at the
// end): "cv.pdf", "cv (2).pdf". One without a name is an "attachment".
std::vector<std::string> distinct_filenames(const std::vector<NamedFile>& files);

}  // namespace hearback::mail
