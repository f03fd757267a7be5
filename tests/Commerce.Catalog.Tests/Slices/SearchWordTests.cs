using System.Text.Json;
using Commerce.Testing;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>What staff do with search: words, explanations, statistics; and pages that stay right while products come.</summary>
public sealed class SearchWordTests(SearchWordTests.Shop shop) : IClassFixture<SearchWordTests.Shop>
{
    [Fact]
    public async Task Synonyms_count_from_the_next_search_on()
    {
        (await NamesAsync("q=telly")).ShouldBeEmpty();
        var made = await shop.StaffClient.PostAsync("/search/synonyms", new { words = new[] { "Telly", "television set", "텔레비전" } }).JsonAsync(201);
        (await NamesAsync("q=telly")).ShouldBe(["Oak television set"]);
        (await NamesAsync("q=oak%20telly"))[0].ShouldBe("Oak television set");
        (await NamesAsync("q=%ED%85%94%EB%A0%88%EB%B9%84%EC%A0%84")).ShouldBe(["Oak television set"]);

        var id = made.Text("id");
        await shop.StaffClient.PutAsync($"/search/synonyms/{id}", new { asked = "couch", words = new[] { "sofa" } }).JsonAsync();
        (await NamesAsync("q=telly")).ShouldBeEmpty();
        (await NamesAsync("q=couch")).ShouldBe(["Grey sofa"]);
        var listed = await shop.StaffClient.GetPathAsync("/search/synonyms").JsonAsync();
        listed.GetProperty("items").EnumerateArray().ShouldContain(item => item.Text("id") == id && item.Text("asked") == "couch");

        (await shop.StaffClient.DeletePathAsync($"/search/synonyms/{id}")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await NamesAsync("q=couch")).ShouldBeEmpty();
        (await shop.StaffClient.DeletePathAsync($"/search/synonyms/{id}")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await shop.StaffClient.PutAsync($"/search/synonyms/{id}", new { words = new[] { "a1", "b1" } })).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_stop_word_narrows_nothing_until_it_is_taken_back()
    {
        (await NamesAsync("q=grey%20bargain")).ShouldBe(["Grey sofa"]);
        (await Explained("grey bargain")).GetProperty("allWords").GetBoolean().ShouldBeFalse();
        await shop.StaffClient.PutAsync("/search/stop-words/B%C3%A1rgain", new { }).JsonAsync();
        (await Explained("grey bargain")).GetProperty("allWords").GetBoolean().ShouldBeTrue();
        (await NamesAsync("q=bargain")).ShouldBeEmpty();
        (await shop.StaffClient.GetPathAsync("/search/stop-words").JsonAsync()).GetProperty("items").EnumerateArray().Select(item => item.Text("word")).ShouldBe(["bargain"]);
        (await shop.StaffClient.DeletePathAsync("/search/stop-words/bargain")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await shop.StaffClient.DeletePathAsync("/search/stop-words/bargain")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await Explained("grey bargain")).GetProperty("allWords").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Only_staff_teach_words_and_they_teach_sensible_ones()
    {
        (await shop.Client.PostAsync("/search/synonyms", new { words = new[] { "a", "b" } })).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        (await shop.Client.GetPathAsync("/search/statistics")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        (await shop.StaffClient.PostAsync("/search/synonyms", new { words = new[] { "alone" } }).ErrorsAsync()).ShouldBe(["words"]);
        (await shop.StaffClient.PostAsync("/search/synonyms", new { words = new[] { "one two three four five", "!" } }).ErrorsAsync()).ShouldBe(["words[0]", "words[1]"]);
        (await shop.StaffClient.PutAsync("/search/stop-words/two%20words", new { }).ErrorsAsync()).ShouldBe(["word"]);
        (await shop.StaffClient.GetPathAsync("/search/statistics?days=99").ErrorsAsync()).ShouldBe(["days"]);
    }

    [Fact]
    public async Task Staff_see_how_a_score_came_about_and_shoppers_do_not()
    {
        (await shop.Client.GetPathAsync("/search?q=sofa&explain=true").JsonAsync(403)).Text("type").ShouldBe("/problems/forbidden");
        (await shop.Client.GetPathAsync("/search?q=sofa").JsonAsync()).GetProperty("items")[0].TryGetProperty("explanation", out _).ShouldBeFalse();
        var page = await shop.StaffClient.GetPathAsync("/search?q=gray%20sofa&explain=true").JsonAsync();
        var item = page.GetProperty("items")[0];
        var explanation = item.GetProperty("explanation");
        var terms = explanation.GetProperty("terms").EnumerateArray().ToList();
        terms.Select(term => (term.Text("word"), term.Text("term"))).ShouldBe([("gray", "grey"), ("sofa", "sofa")]);
        terms[1].GetProperty("fields").EnumerateArray().Select(field => field.Text("field")).ShouldBe(["name", "description"]);
        foreach (var term in terms)
        {
            term.GetProperty("fields").EnumerateArray().Sum(field => field.GetProperty("score").GetDouble()).ShouldBe(term.GetProperty("score").GetDouble(), 0.001);
        }

        var sum = terms.Sum(term => term.GetProperty("score").GetDouble());
        item.GetProperty("score").GetDouble().ShouldBe(sum * explanation.GetProperty("weight").GetDouble() * explanation.GetProperty("popularityLift").GetDouble(), 0.01);
    }

    [Fact]
    public async Task A_phrase_is_found_word_by_word()
    {
        (await NamesAsync("q=table%20oak")).Take(2).ShouldBe(["Oak side table", "Table of oak"], ignoreOrder: true);
        (await NamesAsync("q=%22side%20table%22")).ShouldBe(["Oak side table"]);
        (await NamesAsync("q=%22table%20oak%22")).ShouldBeEmpty();
        (await NamesAsync("q=%22of%20oak%22%20table")).ShouldBe(["Table of oak"]);
        (await NamesAsync("q=%22soft%20sofa%22")).ShouldBe(["Grey sofa"]);
    }

    [Fact]
    public async Task A_page_by_relevance_goes_on_behind_the_last_product_though_scores_have_moved()
    {
        for (var i = 0; i < 9; i++)
        {
            await shop.AddAsync("Walnut shelf " + string.Concat(Enumerable.Repeat("with boards ", i)), "");
        }

        await shop.SettleAsync();
        var first = await shop.Client.GetPathAsync("/search?q=walnut%20shelf&limit=4").JsonAsync();
        // More shelves make the word commoner: every score falls.
        for (var i = 0; i < 6; i++)
        {
            await shop.AddAsync("Shelf " + i, "");
        }

        await shop.SettleAsync();
        var seen = Names(first);
        for (var cursor = first.GetProperty("nextCursor").GetString(); cursor is not null;)
        {
            var page = await shop.Client.GetPathAsync($"/search?q=walnut%20shelf&limit=4&cursor={cursor}").JsonAsync();
            seen.AddRange(Names(page));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        var walnut = seen.Where(name => name.StartsWith("Walnut", StringComparison.Ordinal)).ToList();
        walnut.Count.ShouldBe(9);
        seen.Distinct().Count().ShouldBe(seen.Count);
    }

    [Fact]
    public async Task Searches_are_counted_and_become_suggestions()
    {
        for (var i = 0; i < 4; i++)
        {
            await NamesAsync("q=Grey%20%20Sofa");
            await NamesAsync("q=zzzzzzzz");
        }

        await NamesAsync("q=sofa&attr.brand=nobody");
        var top = await WaitAsync("/search/statistics", items => items.Any(item => item.Text("query") == "zzzzzzzz" && item.GetProperty("searches").GetInt32() == 4));
        top.ShouldContain(item => item.Text("query") == "grey sofa" && item.GetProperty("withoutResults").GetInt32() == 0 && item.GetProperty("searches").GetInt32() == 4);
        var failing = await WaitAsync("/search/statistics?withoutResults=true&limit=100", items => items.Count > 0);
        failing.Single(item => item.Text("query") == "zzzzzzzz").GetProperty("withoutResults").GetInt32().ShouldBe(4);
        failing.ShouldNotContain(item => item.Text("query") == "sofa");
        var one = await shop.StaffClient.GetPathAsync("/search/statistics?limit=1").JsonAsync();
        var two = await shop.StaffClient.GetPathAsync($"/search/statistics?limit=1&cursor={one.GetProperty("nextCursor").GetString()}").JsonAsync();
        two.GetProperty("items")[0].Text("query").ShouldNotBe(one.GetProperty("items")[0].Text("query"));

        var suggested = await shop.Client.GetPathAsync("/search/suggestions?q=g").JsonAsync();
        suggested.GetProperty("queries")[0].GetString().ShouldBe("grey sofa");
        (await shop.Client.GetPathAsync("/search/suggestions?q=zz").JsonAsync()).GetProperty("queries").GetArrayLength().ShouldBe(0);
    }

    private static List<string> Names(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.Text("name"))];

    private async Task<List<string>> NamesAsync(string query) => Names(await shop.Client.GetPathAsync("/search?" + query).JsonAsync());

    private async Task<JsonElement> Explained(string query) =>
        (await shop.StaffClient.GetPathAsync($"/search?explain=true&q={Uri.EscapeDataString(query)}").JsonAsync()).GetProperty("items")[0].GetProperty("explanation");

    // Notes are counted now and then; what is awaited is the next counting.
    private async Task<List<JsonElement>> WaitAsync(string path, Func<List<JsonElement>, bool> isThere)
    {
        for (var attempt = 0; ; attempt++)
        {
            var items = (await shop.StaffClient.GetPathAsync(path).JsonAsync()).GetProperty("items").EnumerateArray().ToList();
            if (isThere(items) || attempt == 100)
            {
                return items;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>A few pieces of furniture.</summary>
    public sealed class Shop : ShopFixture
    {
        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddAsync("Grey sofa", "A soft sofa.");
            await AddAsync("Oak television set", "");
            await AddAsync("Oak side table", "");
            await AddAsync("Table of oak", "");
            await SettleAsync();
        }

        public async Task AddAsync(string name, string description)
        {
            var product = await StaffClient.PostAsync("/products", new
            {
                translations = new { en = new { name = name.Trim(), description } },
                variants = new[] { new { sku = "word-" + Guid.NewGuid().ToString("N"), price = new { amount = "10.00", currency = "USD" } } },
            }).JsonAsync(201);
            await StaffClient.PostAsync($"/products/{product.Text("id")}/publish", new { }).JsonAsync();
        }
    }
}
