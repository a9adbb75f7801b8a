#include "reading_child.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/text.hpp"
#include "documents/office.hpp"
#include "documents/plain.hpp"
#include "net/confinement.hpp"
#include "scheduler/file_reader.hpp"

namespace hearback {
namespace {

constexpr int kNotRead = 1;
constexpr const char* kData[] = {"/usr/share/poppler", nullptr};

// poppler's, as a program: it is never linked (GPL). Pages beyond those say little of a candidate.
int become_pdf_reader(pid_t parent, const net::Confinement& bounds) {
  const char* const programs[] = {"/usr/bin/pdftotext", "/usr/local/bin/pdftotext", nullptr};
  const char* const arguments[] = {"pdftotext", "-q",  "-enc",   "UTF-8", "-nopgbrk",
                                   "-l",        "300", "fd://0", "-",     nullptr};
  return net::become(parent, bounds, programs, arguments, kData);
}

bool read_input(std::string& octets) {
  struct stat facts{};
  if (::fstat(0, &facts) != 0 || facts.st_size < 0) return false;
  octets.resize(static_cast<std::size_t>(facts.st_size));
  for (std::size_t have = 0; have < octets.size();) {
    const auto some = ::read(0, octets.data() + have, octets.size() - have);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    have += static_cast<std::size_t>(some);
  }
  return true;
}

bool write_output(std::string_view octets) {
  while (!octets.empty()) {
    const auto some = ::write(1, octets.data(), octets.size());
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(some));
  }
  return true;
}

int read_here(pid_t parent, const net::Confinement& bounds, bool is_office) {
  if (!net::confine(parent, bounds)) return net::cannot_confine;
  std::string octets;
  if (!read_input(octets)) return kNotRead;
  std::string text;
  if (is_office) {
    auto read = documents::office_text(octets);
    if (!read) return kNotRead;
    text = std::move(*read);
  } else {
    text = documents::plain_text(octets);
  }
  return write_output(text) ? 0 : kNotRead;
}

}  // namespace

std::optional<bool> child_may_read(const std::string& path) {
  return net::would_be_read(path.c_str(), kData);
}

int read_in_child(int argc, char** argv) {
  if (argc != 4 || std::string_view(argv[1]) != scheduler::reading_verb) return -1;
  const auto parent = to_number(argv[3]);
  if (!parent) return net::cannot_confine;
  const auto whose = static_cast<pid_t>(*parent);
  const std::string_view kind = argv[2];
  const net::Confinement bounds;
  int code = kNotRead;
  if (kind == scheduler::word_for(rules::FileKind::pdf)) code = become_pdf_reader(whose, bounds);
  if (kind == scheduler::word_for(rules::FileKind::office)) code = read_here(whose, bounds, true);
  if (kind == scheduler::word_for(rules::FileKind::text)) code = read_here(whose, bounds, false);
  // What libraries would still tidy up behind main() isn't worth a system call.
  ::_exit(code);
}

}  // namespace hearback
