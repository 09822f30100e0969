// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {Base, Errors} from "./Base.sol";
import {MoodyMoney} from "./MoodyMoney.sol";

/// @dev What a work accrues, how it becomes credit, and how credit is withdrawn.
contract CreditsTest is Base {
    uint256 internal constant FEE = uint256(PRICE) * FEE_BPS / 10_000;

    uint256 internal workId;
    uint256 internal otherId;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        vm.prank(seller.addr);
        otherId = works.create("other", defaultTerms(), noParents(), nobody(), CONTENT);
    }

    function both() internal view returns (uint256[] memory ids) {
        ids = new uint256[](2);
        (ids[0], ids[1]) = (workId, otherId);
    }

    function only(uint256 id) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = id;
    }

    function test_it_says_what_it_is_paid_in_and_who_is_paid_the_fee() public view {
        assertEq(works.money(), address(money));
        assertEq(works.treasury(), treasury);
        assertEq(works.policy(), address(policy));
    }

    // ------------------------------------------------------------------ gathering

    function test_a_sale_accrues_in_the_works_own_till_and_credits_nobody_yet() public {
        give(buyer.addr, workId, 2);
        (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(workId);
        assertEq(creatorAtomic, 2 * (PRICE - FEE));
        assertEq(treasuryAtomic, 2 * FEE);
        assertEq(works.creditOf(creator.addr), 0);
        assertEq(works.creditOf(treasury), 0);
        (creatorAtomic, treasuryAtomic) = works.accruedOf(otherId);
        assertEq(creatorAtomic + treasuryAtomic, 0);
    }

    function test_anyone_gathers_what_works_accrued_for_their_creators_and_the_treasury() public {
        give(buyer.addr, workId, 2);
        give(buyer.addr, otherId, 1);
        vm.expectEmit(address(works));
        emit ICredits.Credited(creator.addr, workId, 2 * (PRICE - FEE));
        vm.expectEmit(address(works));
        emit ICredits.Credited(treasury, workId, 2 * FEE);
        vm.prank(stranger);
        works.gather(both());
        assertEq(works.creditOf(creator.addr), 2 * (PRICE - FEE));
        assertEq(works.creditOf(seller.addr), PRICE - FEE);
        assertEq(works.creditOf(treasury), 3 * FEE);
        (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(workId);
        assertEq(creatorAtomic + treasuryAtomic, 0);
        assertEq(works.work(workId).minted, 2, "the rest of the till stays");
        assertEq(abi.encode(works.work(workId).terms), abi.encode(defaultTerms()));
    }

    function test_gathering_twice_or_one_work_twice_credits_once() public {
        give(buyer.addr, workId, 1);
        uint256[] memory twice = new uint256[](2);
        (twice[0], twice[1]) = (workId, workId);
        works.gather(twice);
        works.gather(twice);
        assertEq(works.creditOf(creator.addr), PRICE - FEE);
        assertEq(works.creditOf(treasury), FEE);
    }

    function test_there_is_nothing_to_gather_from_a_work_that_is_not_there() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        works.gather(only(7));
        works.gather(new uint256[](0));
    }

    // ------------------------------------------------------------------ withdrawing

    function test_credit_is_withdrawn_once_to_wherever_its_owner_says() public {
        give(buyer.addr, workId, 1);
        works.gather(only(workId));
        vm.expectEmit(address(works));
        emit ICredits.Withdrawn(creator.addr, stranger, PRICE - FEE);
        vm.startPrank(creator.addr);
        assertEq(works.withdraw(stranger), PRICE - FEE);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NothingToWithdraw.selector, creator.addr));
        works.withdraw(stranger);
        vm.stopPrank();
        assertEq(money.balanceOf(stranger), PRICE - FEE);
        assertEq(works.creditOf(creator.addr), 0);
        assertEq(money.balanceOf(address(works)), FEE, "what is another's stays");
    }

    function test_credit_is_not_withdrawn_to_nobody() public {
        vm.expectRevert(Errors.Works_ZeroRecipient.selector);
        works.withdraw(address(0));
    }

    function test_accruals_alone_are_no_credit() public {
        give(buyer.addr, workId, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NothingToWithdraw.selector, creator.addr));
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
    }

    function test_a_payee_that_the_money_refuses_keeps_its_credit_and_blocks_nobody() public {
        give(buyer.addr, workId, 1);
        works.gather(only(workId));
        money.setMood(creator.addr, MoodyMoney.Mood.SaysFalse);
        vm.expectRevert();
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
        assertEq(works.creditOf(creator.addr), PRICE - FEE);
        vm.prank(treasury);
        assertEq(works.withdraw(treasury), FEE);
        vm.prank(creator.addr);
        assertEq(works.withdraw(stranger), PRICE - FEE);
    }

    function test_gathering_and_withdrawing_go_in_one_call_for_the_callers_own_credit_alone() public {
        give(buyer.addr, workId, 1);
        give(buyer.addr, otherId, 1);
        vm.prank(creator.addr);
        assertEq(works.gatherAndWithdraw(both(), stranger), PRICE - FEE);
        assertEq(money.balanceOf(stranger), PRICE - FEE);
        assertEq(works.creditOf(seller.addr), PRICE - FEE);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NothingToWithdraw.selector, stranger));
        vm.prank(stranger);
        works.gatherAndWithdraw(both(), stranger);
    }
}
