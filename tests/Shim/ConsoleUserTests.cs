extern alias shim;

using shim::Prestage.Shim.Mac;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>The dictionaries are those that <c>scutil</c> prints on a Mac.</summary>
public sealed class ConsoleUserTests
{
    private const string LoggedIn = """
        <dictionary> {
          GID : 20
          Name : anna
          SessionInfo : <array> {
            0 : <dictionary> {
              kCGSSessionAuditIDKey : 100006
              kCGSSessionOnConsoleKey : TRUE
              kCGSSessionUserIDKey : 503
              kCGSSessionUserNameKey : anna
              kCGSessionLoginDoneKey : TRUE
              kCGSessionLongUserNameKey : Anna Berg
              kSCSecuritySessionID : 100006
            }
          }
          UID : 503
        }
        """;

    [Fact]
    public void A_finished_login_is_a_person() =>
        Assert.Equal(new ConsoleUser("anna", 503, LoginDone: true), ConsoleUser.Parse(LoggedIn));

    [Fact]
    public void A_login_that_still_runs_is_not_a_person_yet() =>
        Assert.False(ConsoleUser.Parse(LoggedIn.Replace("DoneKey : TRUE", "DoneKey : FALSE", StringComparison.Ordinal))!.IsPerson);

    [Fact]
    public void Another_users_finished_session_does_not_count()
    {
        var switched = LoggedIn.Replace("UserIDKey : 503", "UserIDKey : 501", StringComparison.Ordinal);
        Assert.False(ConsoleUser.Parse(switched)!.IsPerson);
    }

    [Theory]
    [InlineData("loginwindow", "0")]
    [InlineData("_mbsetupuser", "248")]
    [InlineData("root", "0")]
    [InlineData("anna", "248")]
    public void Login_window_setup_assistant_and_service_accounts_are_no_persons(string name, string uid)
    {
        var shown = LoggedIn.Replace("anna", name, StringComparison.Ordinal).Replace("503", uid, StringComparison.Ordinal);
        Assert.False(ConsoleUser.Parse(shown)!.IsPerson);
    }

    [Fact]
    public void A_console_that_nobody_used_has_no_user() => Assert.Null(ConsoleUser.Parse("  No such key\n"));
}
