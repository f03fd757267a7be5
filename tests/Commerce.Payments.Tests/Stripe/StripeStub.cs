using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Commerce.Payments.Tests.Stripe;

/// <summary>A server that speaks the format of Stripe's public API as far as the shop uses it, over real sockets, and keeps what it was sent.</summary>
internal sealed class StripeStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Intent> _intents = new();
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _answers = new();

    private StripeStub(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Everything that came, in order.</summary>
    public ConcurrentQueue<StripeCall> Calls { get; } = new();

    /// <summary>Answers the next calls for a payment intent with these statuses, before anything happens; what is asked about earlier payments is not disturbed.</summary>
    public ConcurrentQueue<int> Faults { get; } = new();

    /// <summary>Carries out the next call for a payment intent and breaks the connection instead of answering.</summary>
    public bool LosesNextAnswer { get; set; }

    public static async Task<StripeStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StripeStub(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The bank says yes to a challenge.</summary>
    public string Confirm()
    {
        var intent = _intents.Values.Single(one => one.Status == "requires_action");
        intent.Status = "requires_capture";
        return intent.Id;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var form = request.HasFormContentType ? (await request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString()) : [];
        var key = request.Headers["Idempotency-Key"].ToString();
        Calls.Enqueue(new StripeCall(
            request.Method, request.Path, request.QueryString.Value ?? "", request.ContentType ?? "", key, request.Headers.Authorization.ToString(), request.Headers["Stripe-Version"].ToString(), form));
        var asksForPayment = HttpMethods.IsPost(request.Method) && request.Path == "/v1/payment_intents";
        if (asksForPayment && Faults.TryDequeue(out var fault))
        {
            await WriteAsync(context, fault, """{"error":{"type":"api_error","message":"Try again."}}""");
            return;
        }

        var (status, body) = HttpMethods.IsPost(request.Method) ? _answers.GetOrAdd(key, _ => Post(request.Path, form)) : Get(request.Path);
        if (asksForPayment && LosesNextAnswer)
        {
            LosesNextAnswer = false;
            context.Abort();
            return;
        }

        await WriteAsync(context, status, body);
    }

    private (int Status, string Body) Post(string path, Dictionary<string, string> form)
    {
        switch (path.Trim('/').Split('/'))
        {
            case ["v1", "payment_intents"]:
                var made = new Intent($"pi_{_intents.Count + 1}", long.Parse(form["amount"]), form["currency"], form["metadata[payment_id]"]);
                _intents[made.Id] = made;
                if (form["payment_method"] == "pm_card_chargeDeclinedInsufficientFunds")
                {
                    made.Status = "requires_payment_method";
                    return (402, $$$"""
                        {"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds","message":"Your card has insufficient funds.","payment_intent":{{{made.Json()}}}}}
                        """);
                }

                made.Status = form["payment_method"] == "pm_card_authenticationRequired" ? "requires_action" : "requires_capture";
                return (200, made.Json());
            case ["v1", "payment_intents", var id, "capture"]:
                var captured = _intents[id];
                captured.Received = long.Parse(form["amount_to_capture"]);
                captured.Status = "succeeded";
                return (200, captured.Json());
            case ["v1", "payment_intents", var id, "cancel"]:
                _intents[id].Status = "canceled";
                return (200, _intents[id].Json());
            case ["v1", "refunds"]:
                _intents[form["payment_intent"]].Refunded += long.Parse(form["amount"]);
                return (200, """{"id":"re_1","object":"refund","status":"succeeded"}""");
            default:
                return (404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""");
        }
    }

    private (int Status, string Body) Get(string path) => path.Trim('/').Split('/') is ["v1", "payment_intents", var id] && _intents.TryGetValue(id, out var intent)
        ? (200, intent.Json())
        : (404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""");

    private static async Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private sealed class Intent(string id, long amount, string currency, string paymentId)
    {
        public string Id => id;

        public string Status { get; set; } = "requires_confirmation";

        public long Received { get; set; }

        public long Refunded { get; set; }

        public string Json() => $$$"""
            {"id":"{{{id}}}","object":"payment_intent","amount":{{{amount}}},"amount_capturable":{{{(Status == "requires_capture" ? amount : 0)}}},"amount_received":{{{Received}}},
             "currency":"{{{currency}}}","status":"{{{Status}}}","metadata":{"payment_id":"{{{paymentId}}}"},
             "next_action":{{{(Status == "requires_action" ? """{"type":"redirect_to_url","redirect_to_url":{"url":"https://hooks.stripe.com/3ds"}}""" : "null")}}},
             "last_payment_error":null,"latest_charge":{"id":"ch_1","object":"charge","amount_refunded":{{{Refunded}}}}}
            """;
    }
}

/// <summary>A call as the stub received it.</summary>
internal sealed record StripeCall(
    string Method, string Path, string Query, string ContentType, string Key, string Authorization, string Version, IReadOnlyDictionary<string, string> Form);
