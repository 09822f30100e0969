// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Base} from "./Base.sol";
import {LedgerHandler} from "./LedgerHandler.sol";

/// @dev Whatever people do, in whatever order, no unit of money and no edition appears or is lost.
contract ConservationTest is Base {
    LedgerHandler internal handler;

    function setUp() public override {
        super.setUp();
        handler = new LedgerHandler(works, money, treasury);
        targetContract(address(handler));
    }

    function invariant_the_ledger_holds_exactly_what_it_owes() public view {
        uint256 owed;
        for (uint256 i; i < handler.peopleCount(); ++i) {
            owed += works.creditOf(handler.people(i));
        }
        assertEq(money.balanceOf(address(works)), owed);
    }

    function invariant_every_edition_is_held_or_was_opened() public view {
        for (uint256 w; w < handler.worksCount(); ++w) {
            uint256 workId = handler.workIds(w);
            uint256 found;
            for (uint256 i; i < handler.peopleCount(); ++i) {
                address person = handler.people(i);
                found += works.balanceOf(person, workId) + works.openedCopies(workId, person);
            }
            assertEq(found, works.work(workId).minted);
            assertLe(works.work(workId).minted, works.work(workId).terms.editionCap);
        }
    }

    /// @dev The handler does what it is there for: without this, the invariants could hold over nothing.
    function test_every_act_of_the_handler_takes_place() public {
        handler.mint(0, 1, 3);
        handler.resell(0, 1, 2, 1, 7e6);
        handler.open(0, 2);
        handler.chat(0, 3, 999);
        handler.collect(0, 3);
        handler.setRefusal(1, true);
        handler.resell(0, 1, 2, 1, 7e6);
        handler.setRefusal(1, false);
        handler.withdraw(1);
        for (uint256 act; act < 6; ++act) {
            assertGt(handler.done(act), 0);
        }
        invariant_the_ledger_holds_exactly_what_it_owes();
        invariant_every_edition_is_held_or_was_opened();
    }
}
