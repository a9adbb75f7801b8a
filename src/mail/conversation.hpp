#pragma once
// Outlook's own word for the conversation that a message is part of (Thread-Index; [MS-OXOMSG]
// 2.2.1.3 PidTagConversationIndex). Some of its mail names no other message.
#include <string>
#include <string_view>

namespace hearback::mail {

// An id that all messages of the conversation share: "thread-index:" and the first 22 octets in
// hexadecimal. No Message-ID is of that form. Empty where the field holds no such octets.
std::string conversation_of(std::string_view thread_index);

}  // namespace hearback::mail
