#include "base/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace cm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Mailbox, HandsOverEverythingInOrderOnce) {
  Mailbox<int> mailbox;
  for (int i : {3, 1, 2}) mailbox.post(i);
  EXPECT_THAT(mailbox.drain(), ElementsAre(3, 1, 2));
  EXPECT_THAT(mailbox.drain(), IsEmpty());
}

TEST(Mailbox, TakesWhatCannotBeCopied) {
  Mailbox<std::unique_ptr<int>> mailbox;
  mailbox.post(std::make_unique<int>(7));
  auto items = mailbox.drain();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(*items[0], 7);
}

TEST(Mailbox, WaitingEndsWithAPost) {
  Mailbox<int> mailbox;
  std::jthread poster([&] { mailbox.post(1); });
  mailbox.waitFor(std::chrono::minutes(5));  // the test's timeout would tell
  EXPECT_THAT(mailbox.drain(), ElementsAre(1));
}

TEST(Mailbox, WaitingEndsWithoutAPostToo) {
  Mailbox<int> mailbox;
  mailbox.waitFor(std::chrono::milliseconds(1));
  EXPECT_THAT(mailbox.drain(), IsEmpty());
}

TEST(Mailbox, LosesNothingAmongManyPosters) {
  Mailbox<int> mailbox;
  size_t received = 0;
  {
    std::vector<std::jthread> posters;
    for (int t = 0; t < 4; ++t)
      posters.emplace_back([&] {
        for (int i = 0; i < 500; ++i) mailbox.post(i);
      });
    for (int i = 0; i < 50; ++i) received += mailbox.drain().size();
  }
  EXPECT_EQ(received + mailbox.drain().size(), 2000u);
}

}  // namespace
}  // namespace cm
