#pragma once
// The words for what goes wrong on an IMAP connection, in one place.
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "protocols/imap/response.hpp"

namespace hearback::protocols::imap {

// The answer to one command.
struct Completion {
  std::uint64_t tag = 0;
  Status status = Status::none;
  std::string code, arguments, text;
  bool ok() const { return status == Status::ok; }
  bool has_code(std::string_view name) const;  // without regard to case
};

Error closed();
Error timed_out();
Error not_imap();
Error bye(const Completion& last_words);
Error malformed();
Error too_much();  // more than the command's budget
Error too_many_folders();
Error no_folder_open();
Error too_large(std::string what, std::string hint);
Error login_refused();
// NO or BAD to an ordinary command, to one that names a folder, to signing in, to APPEND.
Error refused(const Completion& answer);
Error folder_refused(const Completion& answer);
// To FETCH: what the server breaks at may be one of the messages, and others can still be had.
Error fetch_refused(const Completion& answer);
Error login_error(const Completion& answer);
Error append_error(const Completion& answer);

// "Suggested Backoff Time: 92415 milliseconds"
std::optional<Duration> suggested_backoff(std::string_view text);
bool is_throttled(const Completion& answer);
// Not this command's fault: the server, or its store, is out of order for a while.
bool is_unavailable(const Completion& answer);

}  // namespace hearback::protocols::imap
