#pragma once
// What the files about a message's contents share.
#include "api/http/call.hpp"
#include "mail/build.hpp"
#include "mail/parse.hpp"

namespace hearback::api {

// The message that the path names, if the asker may see it.
Read<store::MessageInThread> visible_message(const Call& call);
// Its text and its HTML as they were written.
Read<mail::Parsed> words_of(const Call& call, const rules::Message& message);
// One of its files, to go along with another message.
Read<mail::OutgoingPart> part_of(const Call& call, const rules::Message& message,
                                 const rules::Attachment& file);

}  // namespace hearback::api
