#include "protocols/smtp/refusals.hpp"

#include <gtest/gtest.h>

namespace hearback::protocols::smtp {
namespace {

TEST(SmtpRefusals, W5_EachByStepCodeAndWords) {
  struct Row {
    Step step;
    int code;
    const char* text;
    const char* meaning;
  };
  using enum Step;
  const Row rows[] = {
      // limits of the account
      {sender, 550, "5.4.5 Daily user sending quota exceeded.", "smtp.sending-limit"},
      {sender, 550, "5.4.5 Daily SMTP relay limit exceeded for user", "smtp.sending-limit"},
      {recipient, 554,
       "5.7.0 Your message could not be sent. The limit on the number of allowed "
       "outgoing messages was exceeded. Try again later.",
       "smtp.sending-limit"},
      {end, 554,
       "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed "
       "to process message",
       "smtp.sending-limit"},
      {recipient, 452, "4.5.3 Error: too many messages this hour", "smtp.sending-limit"},
      {recipient, 421, "4.7.0 Hourly limit reached", "smtp.sending-limit"},
      {end, 451, "4.7.1 Rate limit reached", "smtp.sending-limit"},
      // not now
      {sender, 451, "4.3.0 later", "smtp.busy"},
      {recipient, 450, "4.2.0 Greylisted", "smtp.busy"},
      {recipient, 452, "4.2.2 Mailbox full", "smtp.busy"},
      {end, 452, "4.3.1 Insufficient system storage", "smtp.busy"},
      {end, 421, "", "smtp.busy"},
      // 552 has many meanings
      {end, 552,
       "5.7.0 This message was blocked because its content presents a potential security "
       "issue",
       "smtp.data-refused"},
      {end, 552, "5.3.4 Message size exceeds fixed limit", "smtp.too-large"},
      {sender, 552, "5.3.4 Error: message file too big", "smtp.too-large"},
      {sender, 552, "Message size exceeds maximum permitted", "smtp.too-large"},
      {end, 552, "Message length exceeds administrative limit", "smtp.too-large"},
      {end, 552, "", "smtp.too-large"},
      {recipient, 552, "5.2.2 <jo@candidate.example> Mailbox full", "smtp.recipient-full"},
      {recipient, 552, "5.2.2 The recipient's mailbox size exceeds its quota",
       "smtp.recipient-full"},
      {recipient, 552, "mailbox is full", "smtp.recipient-full"},
      {recipient, 552, "5.2.3 Message too large for this recipient", "smtp.too-large"},
      {sender, 552, "5.2.2 Over quota", "smtp.account-full"},
      {recipient, 554, "5.2.2 mailbox full", "smtp.recipient-full"},
      // the account
      {sender, 530, "5.7.0 Authentication required", "smtp.login-refused"},
      {sender, 550, "5.7.1 Client was not authenticated", "smtp.login-refused"},
      {end, 550, "5.1.8 Access denied, bad outbound sender", "smtp.account-blocked"},
      {sender, 554, "5.7.1 account suspended", "smtp.account-blocked"},
      {sender, 553, "5.7.1 Sender address rejected: not owned by user", "smtp.sender-refused"},
      {sender, 550, "", "smtp.sender-refused"},
      // recipients
      {recipient, 550, "5.1.1 nobody of that name", "smtp.recipient-refused"},
      {recipient, 554, "5.7.1 Relay access denied", "smtp.recipient-refused"},
      {recipient, 552, "5.7.1 blocked", "smtp.recipient-refused"},
      {recipient, 552, "5.5.3 Too many recipients", "smtp.too-many-recipients"},
      {recipient, 452, "4.5.3 Too many recipients", "smtp.too-many-recipients"},
      // the message
      {end, 554, "5.7.1 spam", "smtp.data-refused"},
      {end, 550, "", "smtp.data-refused"},
  };
  for (const auto& row : rows) {
    auto error = refusal(row.step, {row.code, row.text});
    EXPECT_EQ(error.code, row.meaning) << row.code << " " << row.text;
    bool waits = error.code == "smtp.busy" || error.code == "smtp.sending-limit";
    EXPECT_EQ(error.kind == Kind::transient, waits) << row.text;
    EXPECT_TRUE(error.what.ends_with('.') && !error.hint.empty());
  }
}

}  // namespace
}  // namespace hearback::protocols::smtp
