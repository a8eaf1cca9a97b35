#include "source/fetch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <map>

#include "http_server.h"
#include "support/deflate.h"

namespace cm::source {
namespace {

using test::HttpServer;

std::string gzipped(const std::string& text) { return test::deflated(text, 15 + 16); }

//! Tests that wait for one another without sleeping.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  void pass() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
  }
  void release() {
    std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

class Fetch : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    folder = Path(testing::TempDir()) / fmt::format("cm_fetch_{}", ::getpid());
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string file(const std::string& name, const std::string& text) {
    EXPECT_TRUE(writeFileAtomically(folder / name, text));
    return (folder / name).string();
  }
  static std::string text(const Result<Bytes>& bytes) {
    return bytes ? std::string(asText(*bytes)) : "error: " + bytes.error().text();
  }
  Path folder;
};

TEST_F(Fetch, ReadsFilesHoweverTheyAreNamed) {
  Fetcher fetcher;
  const std::string plain = file("a b.json", "plain"), odd = file("50%_?#.glb", "odd");
  EXPECT_EQ(text(fetcher.read(plain)), "plain");
  EXPECT_EQ(text(fetcher.read(odd)), "odd");
  EXPECT_EQ(text(fetcher.read((folder / "a%20b.json").string())), "plain");
  EXPECT_EQ(text(fetcher.read((folder / "a%20b.json?v=3#x").string())), "plain");
  EXPECT_EQ(text(fetcher.read("file://" + (folder / "a%20b.json").string())), "plain");
  EXPECT_EQ(text(fetcher.read("file://localhost" + (folder / "a%20b.json").string() + "?q")), "plain");
  EXPECT_EQ(text(fetcher.read("data:text/plain;base64,aGVsbG8=")), "hello");
  EXPECT_EQ(text(fetcher.read((folder / "none.glb").string())),
            "error: " + (folder / "none.glb").string() + ": cannot be opened: No such file or directory");
}

TEST_F(Fetch, UnpacksGzip) {
  Fetcher fetcher;
  const std::string large(300000, 'x');
  EXPECT_EQ(text(fetcher.read(file("a.gz", gzipped(large)))), large);
  EXPECT_EQ(text(fetcher.read(file("two.gz", gzipped("one ") + gzipped("two")))), "one two");
  const std::string cut = gzipped(large).substr(0, 100);
  const std::string error = text(fetcher.read(file("cut.gz", cut)));
  EXPECT_NE(error.find("cut.gz: gzip data is damaged after "), std::string::npos) << error;
}

TEST_F(Fetch, MostUrgentFileFirstAndCancelledNever) {
  Fetcher::Options options;
  options.fileThreads = 1;
  Fetcher fetcher(options);
  const std::string path = file("f", "x");
  Gate gate;
  std::promise<void> begun, ended;
  std::string order;  // written by the one file thread only
  fetcher.fetch(path, 0, [&](Result<Bytes>) {
    begun.set_value();
    gate.pass();
  });
  begun.get_future().wait();  // the thread is held; what follows waits in the queue
  const auto add = [&](double rank, char name) {
    return fetcher.fetch(file(std::string(1, name), "x"), rank, [&, name](Result<Bytes>) { order += name; });
  };
  add(3, 'c');
  add(2, 'b');
  const auto never = add(1, 'n');
  const auto late = add(4, 'a');
  fetcher.fetch(file("last", "x"), 9, [&](Result<Bytes>) { ended.set_value(); });
  fetcher.rerank(late, 0.5);
  fetcher.cancel(never);
  gate.release();
  ended.get_future().wait();
  EXPECT_EQ(order, "abc");
}

TEST_F(Fetch, OneAddressAtOneTimeIsAskedForOnceAndEachCallerIsOnItsOwn) {
  std::atomic<int> asked{0};
  Gate gate;
  std::promise<void> arrived;
  HttpServer server([&](const std::string& path) {
    if (asked++ == 0) {
      arrived.set_value();
      gate.pass();
    }
    return HttpServer::ok("got " + path);
  });
  Fetcher fetcher;
  std::promise<Result<Bytes>> one, two, other;
  std::atomic<bool> called{false};
  const auto cancelled = fetcher.fetch(server.uri("/a"), 1, [&](Result<Bytes>) { called = true; });
  arrived.get_future().wait();
  fetcher.fetch(server.uri("/a"), 2, [&](Result<Bytes> bytes) { one.set_value(std::move(bytes)); });
  fetcher.fetch(server.uri("/a"), 3, [&](Result<Bytes> bytes) { two.set_value(std::move(bytes)); });
  fetcher.cancel(cancelled);
  gate.release();
  EXPECT_EQ(text(one.get_future().get()), "got /a");
  EXPECT_EQ(text(two.get_future().get()), "got /a");
  EXPECT_FALSE(called);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(text(fetcher.read(server.uri("/a"))), "got /a");
  EXPECT_EQ(asked, 2) << "later is not at the same time";
}

TEST_F(Fetch, ARequestEndsWithItsLastCallerAndRunsAtTheRankOfTheMostUrgent) {
  Fetcher::Options options;
  options.fileThreads = 1;
  Fetcher fetcher(options);
  const std::string held = file("held", "x"), shared = file("shared", "x"), between = file("between", "x");
  Gate gate;
  std::promise<void> begun, ended;
  std::string order;  // written by the one file thread only
  fetcher.fetch(held, 0, [&](Result<Bytes>) {
    begun.set_value();
    gate.pass();
  });
  begun.get_future().wait();
  const auto add = [&](const std::string& path, double rank, char name) {
    return fetcher.fetch(path, rank, [&, name](Result<Bytes>) { order += name; });
  };
  add(shared, 5, 'b');
  add(between, 3, 'c');
  const auto urgent = add(shared, 1, 'u'), a = add(shared, 7, 'a');
  fetcher.rerank(a, 0.5);
  fetcher.cancel(urgent);
  const std::string gone = file("gone", "x");
  const auto first = add(gone, 0.1, 'x'), second = add(gone, 0.2, 'y');
  fetcher.cancel(first);
  fetcher.cancel(second);
  fetcher.cancel(second);
  fetcher.fetch(file("last", "x"), 9, [&](Result<Bytes>) { ended.set_value(); });
  gate.release();
  ended.get_future().wait();
  EXPECT_EQ(order, "abc");
}

TEST_F(Fetch, HttpBodiesStatusesAndGzip) {
  HttpServer server([](const std::string& path) {
    if (path == "/packed") return HttpServer::ok(gzipped("from gzip"));
    if (path == "/encoded") return HttpServer::ok(gzipped("encoded"), "Content-Encoding: gzip\r\n");
    if (path == "/moved") return std::string("HTTP/1.1 302 Found\r\nLocation: /a?b=1\r\nContent-Length: 0\r\n\r\n");
    return path == "/missing.glb" ? HttpServer::status(404) : HttpServer::ok("got " + path);
  });
  Fetcher fetcher;
  EXPECT_EQ(text(fetcher.read(server.uri("/a?b=1#part"))), "got /a?b=1");
  EXPECT_EQ(text(fetcher.read(server.uri("/with space"))), "got /with%20space");
  EXPECT_EQ(text(fetcher.read(server.uri("/packed"))), "from gzip");
  EXPECT_EQ(text(fetcher.read(server.uri("/encoded"))), "encoded");
  EXPECT_EQ(text(fetcher.read(server.uri("/moved"))), "got /a?b=1");
  EXPECT_EQ(text(fetcher.read(server.uri("/missing.glb"))),
            "error: " + server.uri("/missing.glb") + ": HTTP status 404, expected 200");
  EXPECT_EQ(server.connections(), 1u) << "connections are kept alive";
}

TEST_F(Fetch, RetriesWhatMayPass) {
  std::atomic<int> asked{0};
  HttpServer server([&](const std::string& path) {
    const int turn = asked++;
    if (path == "/busy") return turn == 0 ? HttpServer::status(503) : HttpServer::ok("at last");
    return path == "/drop" ? std::string() : HttpServer::status(500);
  });
  Fetcher::Options options;
  options.retries = 1;
  Fetcher fetcher(options);
  EXPECT_EQ(text(fetcher.read(server.uri("/busy"))), "at last");
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(text(fetcher.read(server.uri("/broken"))),
            "error: " + server.uri("/broken") + ": HTTP status 500, expected 200");
  EXPECT_EQ(asked, 4);
  EXPECT_TRUE(text(fetcher.read(server.uri("/drop"))).starts_with("error: " + server.uri("/drop") + ": "));
}

TEST_F(Fetch, HttpRanksAndCancels) {
  Gate gate;
  std::promise<void> begun;
  std::mutex mutex;
  std::string asked;
  HttpServer server([&](const std::string& path) {
    if (path == "/hold") {
      begun.set_value();
      gate.pass();
    }
    std::lock_guard lock(mutex);
    asked += path;
    return HttpServer::ok(path);
  });
  Fetcher::Options options;
  options.connections = 1;
  Fetcher fetcher(options);
  std::promise<void> ended;
  std::atomic<bool> wrong{false};
  fetcher.fetch(server.uri("/hold"), 0, [](Result<Bytes>) {});
  begun.get_future().wait();
  fetcher.fetch(server.uri("/2"), 2, [](Result<Bytes>) {});
  const auto never = fetcher.fetch(server.uri("/never"), 0.1, [&](Result<Bytes>) { wrong = true; });
  const auto first = fetcher.fetch(server.uri("/1"), 5, [](Result<Bytes>) {});
  fetcher.fetch(server.uri("/3"), 3, [&](Result<Bytes>) { ended.set_value(); });
  fetcher.cancel(never);
  fetcher.rerank(first, 1);
  gate.release();
  ended.get_future().wait();
  EXPECT_FALSE(wrong);
  std::lock_guard lock(mutex);
  EXPECT_EQ(asked, "/hold/1/2/3");
}

TEST_F(Fetch, DestructionDropsWhatIsUnderWay) {
  Gate gate;
  std::promise<void> begun;
  std::atomic<int> calls{0};
  HttpServer server([&](const std::string&) {
    begun.set_value();
    gate.pass();
    return HttpServer::ok("late");
  });
  {
    Fetcher::Options options;
    options.connections = 1;
    Fetcher fetcher(options);
    for (int i = 0; i < 5; ++i) fetcher.fetch(server.uri("/"), i, [&](Result<Bytes>) { ++calls; });
    begun.get_future().wait();
  }
  EXPECT_EQ(calls, 0);
  gate.release();
}

TEST_F(Fetch, NoServerIsAnError) {
  Fetcher::Options options;
  options.retries = 0;
  Fetcher fetcher(options);
  EXPECT_TRUE(text(fetcher.read("http://127.0.0.1:1/a")).starts_with("error: http://127.0.0.1:1/a: Failed to connect"));
}

TEST(ResolveUri, Joins) {
  const auto joined = [](const char* base, const char* reference) { return resolveUri(base, reference); };
  EXPECT_EQ(joined("a/b.json", "c.glb"), "a/c.glb");
  EXPECT_EQ(joined("b.json", "c.glb"), "c.glb");
  EXPECT_EQ(joined("/x/a/b.json", "../c/./d.glb"), "/x/c/d.glb");
  EXPECT_EQ(joined("a/b.json", "../../c.glb"), "../c.glb");
  EXPECT_EQ(joined("../a/b.json", "c.glb"), "../a/c.glb");
  EXPECT_EQ(joined("/x/b.json", "/abs/c.glb"), "/abs/c.glb");
  EXPECT_EQ(joined("a/b.json", "c.glb?v=1"), "a/c.glb?v=1");
  EXPECT_EQ(joined("a/b.json?v=a/b", "c.glb"), "a/c.glb");
  EXPECT_EQ(joined("http://h:80/a/b.json?q=x/y", "c.glb?v=1"), "http://h:80/a/c.glb?v=1");
  EXPECT_EQ(joined("http://h/a/b.json", "../../../c.glb"), "http://h/c.glb");
  EXPECT_EQ(joined("http://h/a/b.json", "/c.glb"), "http://h/c.glb");
  EXPECT_EQ(joined("http://h", "c.glb"), "http://h/c.glb");
  EXPECT_EQ(joined("https://h/a/b.json", "//other/c.glb"), "https://other/c.glb");
  EXPECT_EQ(joined("a/b.json", "https://h/c.glb"), "https://h/c.glb");
  EXPECT_EQ(joined("file:///x/b.json", "c.glb"), "file:///x/c.glb");
  EXPECT_EQ(joined("a/b.json", "data:text/plain,x"), "data:text/plain,x");
  EXPECT_EQ(joined("http://h/a/b.json", "?v=2"), "http://h/a/b.json?v=2");
}

}  // namespace
}  // namespace cm::source
