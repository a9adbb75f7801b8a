#include "scheduler/file_reader.hpp"

#include "base/text.hpp"
#include "net/confinement.hpp"
#include "net/limited_child.hpp"

namespace hearback::scheduler {
namespace {

using End = FileReading::End;

End end_of(const net::ChildEnd& child) {
  using How = net::ChildEnd::How;
  if (child.how == How::not_started || child.how == How::stopped) return End::not_now;
  if (child.how != How::ended) return End::unreadable;
  if (child.code == net::no_program) return End::no_program;
  if (child.code == net::cannot_confine) return End::not_now;  // this time: it may want memory
  return child.code == 0 ? End::read : End::unreadable;
}

// What a stranger's program wrote may be anything.
std::string kept(std::string text) {
  std::erase(text, '\0');
  text = to_valid_utf8(text);
  text.resize(utf8_prefix(text, rules::kept_octets).size());
  return text;
}

}  // namespace

std::string_view word_for(rules::FileKind kind) {
  constexpr std::string_view kWords[] = {"pdf", "office", "text"};
  return kWords[static_cast<std::size_t>(kind)];
}

FileReading ChildFileReader::read(rules::FileKind kind, std::string_view octets, Duration at_most,
                                  const std::function<bool()>& stopping) {
  auto child =
      net::run_limited({.program = program_,
                        .arguments = {std::string(reading_verb), std::string(word_for(kind))},
                        .input = octets,
                        .output_octets = rules::kept_octets,
                        .at_most = at_most},
                       stopping);
  const auto end = end_of(child);
  return {end, end == End::read ? kept(std::move(child.output)) : std::string()};
}

}  // namespace hearback::scheduler
