#pragma once
// What mail programs write, in the languages they write it.
#include <string>
#include <string_view>

namespace hearback::mail {

// Trimmed, with single spaces; no-break spaces count as spaces.
std::string one_line(std::string_view text);
// Lower case for ASCII and the accented letters of Latin-1.
std::string fold_case(std::string_view text);

// `line` is folded and on one line in all of these.
bool is_introduction(std::string_view line);  // "on … wrote:"
// Can an introduction that starts with `line` go on with `next`? The first may be the writer's.
bool may_go_on(std::string_view line, std::string_view next);
// So clear, with an address, that no marked line needs to follow.
bool is_certain_introduction(std::string_view line);
// Where a certain one starts behind other words on the same line (as written); npos: nowhere.
std::size_t introduction_within(std::string_view line);
bool is_original_separator(std::string_view line);  // "-----original message-----"
bool is_forward_separator(std::string_view line);   // "---------- forwarded message ---------"
bool is_from_label(std::string_view line);          // "from: …"
bool is_header_label(std::string_view line);        // "sent: …", "to: …"
bool is_subject_label(std::string_view line);       // "subject: …"
bool is_device_tagline(std::string_view line);      // "sent from my phone"

bool is_automatic_subject(std::string_view line);  // "automatic reply: …"
bool is_absence_subject(std::string_view line);    // "out of office …", as people write it as well
bool is_absence_text(std::string_view text);       // "… i am not in the office …"
bool is_bounce_text(std::string_view text);        // "… did not reach the following recipient …"
bool is_bounce_subject(std::string_view line);     // "undelivered mail returned to sender"

}  // namespace hearback::mail
