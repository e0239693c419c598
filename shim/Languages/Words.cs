using System.Globalization;
using System.Runtime.CompilerServices;

namespace Prestage.Shim.Languages;

/// <summary>Every sentence that the person can read. A member's name is its key in the language files, its parameters are the placeholders.</summary>
internal static class Words
{
    public static Phrase Title => Of();

    public static Phrase StepCheck => Of();

    public static Phrase StepAgent => Of();

    public static Phrase StepIdentify => Of();

    public static Phrase StepSetPassword => Of();

    public static Phrase StepCreateAccount => Of();

    public static Phrase StepAssociate => Of();

    public static Phrase StepHandOver => Of();

    public static Phrase StepWaitForLogin => Of();

    public static Phrase StepFinish => Of();

    public static Phrase IdentifyTitle => Of();

    public static Phrase IdentifyMessage => Of();

    public static Phrase IdentifyMessageSecret => Of();

    public static Phrase IdentifierField => Of();

    public static Phrase SecretField => Of();

    public static Phrase NoMatch => Of();

    public static Phrase AnswerUnusable => Of();

    public static Phrase MacRefused => Of();

    public static Phrase PasswordTitle => Of();

    public static Phrase PasswordField => Of();

    public static Phrase PasswordAgainField => Of();

    public static Phrase RulesTitle => Of();

    public static Phrase RuleLowercase => Of();

    public static Phrase RuleUppercase => Of();

    public static Phrase RuleNumber => Of();

    public static Phrase RuleSymbol => Of();

    public static Phrase RuleNotUsername => Of();

    public static Phrase PasswordsDiffer => Of();

    public static Phrase PasswordUntypeable => Of();

    public static Phrase PasswordMissesRules => Of();

    public static Phrase PasswordRefused => Of();

    public static Phrase PasswordNoSymbol => Of();

    public static Phrase PasswordUsedBefore => Of();

    public static Phrase PasswordRefusedByMac => Of();

    public static Phrase PasswordNotTaken => Of();

    public static Phrase ContinueButton => Of();

    public static Phrase CloseButton => Of();

    public static Phrase HelpButton => Of();

    public static Phrase StoppedTitle => Of();

    public static Phrase HelpMessage => Of();

    public static Phrase SettingsMissing => Of();

    public static Phrase DiskUnwritable => Of();

    public static Phrase StepOf(int number, int count, string step) => With([("number", Text(number)), ("count", Text(count)), ("step", step)]);

    public static Phrase Hello(string name) => With([("name", name)]);

    public static Phrase NoMatchTriesLeft(int count) => With([("count", Text(count))]);

    public static Phrase Locked(int minutes) => With([("minutes", Text(minutes))]);

    public static Phrase PasswordMessage(string name, string username) => With([("name", name), ("username", username)]);

    public static Phrase RuleMinLength(int count) => With([("count", Text(count))]);

    public static Phrase RuleMet(string rule) => With([("rule", rule)]);

    public static Phrase RuleMissing(string rule) => With([("rule", rule)]);

    public static Phrase PasswordTooLong(int count) => With([("count", Text(count))]);

    public static Phrase PasswordBreaksRule(string rule) => With([("rule", rule)]);

    public static Phrase SupportCode(string code) => With([("code", code)]);

    public static Phrase ServiceUnreachable(string code) => With([("code", code)]);

    public static Phrase ServiceDistrusted(string time, string code) => With([("time", time), ("code", code)]);

    public static Phrase Stopped(string code) => With([("code", code)]);

    private static Phrase Of([CallerMemberName] string member = "") => With([], member);

    private static Phrase With((string Name, string Value)[] values, [CallerMemberName] string member = "") =>
        new(char.ToLowerInvariant(member[0]) + member[1..], values);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
