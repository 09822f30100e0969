// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IEditions} from "../src/interfaces/IEditions.sol";
import {Disclosure, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {ILedger} from "./ILedger.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

/// @dev How editions move by their holders' own hand, and how they are opened. Marketplaces are in CreatorToken.t.sol.
contract EditionsTest is Base {
    uint256 internal sealedId;
    uint256 internal openableId;

    function setUp() public override {
        super.setUp();
        sealedId = createWork();
        Terms memory terms = defaultTerms();
        terms.disclosure = Disclosure.Openable;
        openableId = createWork("openable", terms, noParents(), nobody());
        give(seller.addr, sealedId, 5);
        give(seller.addr, openableId, 5);
    }

    function gift(address to, uint256 quantity) internal {
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, to, sealedId, quantity, "");
    }

    // ------------------------------------------------------------------ opened copies

    function test_opening_burns_one_edition_for_one_copy() public {
        vm.expectEmit(address(works));
        emit IEditions.CopyOpened(openableId, seller.addr);
        vm.prank(seller.addr);
        works.openCopy(openableId);
        assertEq(works.balanceOf(seller.addr, openableId), 4);
        assertEq(works.openedCopies(openableId, seller.addr), 1);
        assertEq(works.work(openableId).minted, 5, "the edition stays spent");
    }

    function test_a_sealed_work_cannot_be_opened() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotOpenable.selector, sealedId));
        vm.prank(seller.addr);
        works.openCopy(sealedId);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        works.openCopy(7);
    }

    function test_without_an_edition_there_is_nothing_to_open() public {
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotEnoughEditions.selector, openableId, stranger, 0, 1)
        );
        vm.prank(stranger);
        works.openCopy(openableId);
    }

    function test_an_opened_copy_does_not_move_with_the_editions() public {
        vm.startPrank(seller.addr);
        works.openCopy(openableId);
        works.safeTransferFrom(seller.addr, buyer.addr, openableId, 4, "");
        vm.expectRevert(ILedger.InsufficientBalance.selector);
        works.safeTransferFrom(seller.addr, buyer.addr, openableId, 1, "");
        vm.stopPrank();
        assertEq(works.openedCopies(openableId, seller.addr), 1);
        assertEq(works.openedCopies(openableId, buyer.addr), 0);
    }

    // ------------------------------------------------------------------ gifts

    function test_editions_go_to_a_plain_account() public {
        gift(buyer.addr, 2);
        assertEq(works.balanceOf(buyer.addr, sealedId), 2);
    }

    function test_editions_go_to_an_eip7702_account() public {
        delegate(buyer.addr);
        assertEq(buyer.addr.code.length, 23);
        gift(buyer.addr, 2);
        assertEq(works.balanceOf(buyer.addr, sealedId), 2);
    }

    function test_editions_go_to_listed_account_code() public {
        address account = address(new SmartAccount());
        assertTrue(policy.isAccountCode(account.codehash));
        gift(account, 1);
        assertEq(works.balanceOf(account, sealedId), 1);
    }

    function test_editions_do_not_go_to_other_contracts() public {
        address wrapper = address(new Wrapper());
        bytes memory refusal =
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash);
        vm.expectRevert(refusal);
        gift(wrapper, 1);
        vm.expectRevert(refusal);
        vm.prank(seller.addr);
        works.safeBatchTransferFrom(seller.addr, wrapper, new uint256[](0), new uint256[](0), "");
    }

    function testFuzz_twenty_three_bytes_are_an_account_only_with_the_delegations_prefix(bytes3 prefix)
        public
    {
        vm.etch(stranger, abi.encodePacked(prefix, address(1)));
        assertEq(works.mayHold(stranger), prefix == 0xef0100);
    }

    function testFuzz_code_of_another_length_is_a_contract(uint8 length) public {
        vm.assume(length != 0 && length != 23);
        vm.etch(stranger, new bytes(length));
        assertFalse(works.mayHold(stranger));
    }

    function test_several_editions_go_at_once() public {
        (uint256[] memory ids, uint256[] memory amounts) = (new uint256[](2), new uint256[](2));
        (ids[0], ids[1], amounts[0], amounts[1]) = (sealedId, openableId, 1, 2);
        vm.prank(seller.addr);
        works.safeBatchTransferFrom(seller.addr, buyer.addr, ids, amounts, "");
        assertEq(works.balanceOf(buyer.addr, sealedId), 1);
        assertEq(works.balanceOf(buyer.addr, openableId), 2);
    }

    function test_nobody_but_a_listed_marketplace_moves_anothers_editions() public {
        bytes memory refusal = abi.encodeWithSelector(Errors.Works_NotMarketplace.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        works.safeTransferFrom(seller.addr, stranger, sealedId, 1, "");
        vm.expectRevert(refusal);
        works.safeBatchTransferFrom(seller.addr, stranger, new uint256[](0), new uint256[](0), "");
        vm.stopPrank();
    }

    function test_nobody_but_a_listed_marketplace_is_approved_and_any_approval_can_be_taken_back() public {
        vm.startPrank(seller.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotMarketplace.selector, stranger));
        works.setApprovalForAll(stranger, true);
        works.setApprovalForAll(stranger, false);
        vm.stopPrank();
        assertFalse(works.isApprovedForAll(seller.addr, stranger));
    }

    function test_editions_do_not_go_to_nobody() public {
        vm.expectRevert(Errors.Works_ZeroRecipient.selector);
        gift(address(0), 1);
    }

    function test_a_gift_is_no_larger_than_what_is_held() public {
        vm.expectRevert(ILedger.InsufficientBalance.selector);
        gift(buyer.addr, 6);
    }

    function test_an_account_that_refuses_editions_gets_none() public {
        // Delegated, but to code without the receiver's hook.
        vm.etch(buyer.addr, abi.encodePacked(hex"ef0100", address(money)));
        vm.expectRevert(ILedger.TransferToNonERC1155ReceiverImplementer.selector);
        gift(buyer.addr, 1);
        assertEq(works.balanceOf(seller.addr, sealedId), 5);
    }

    function test_balances_are_told_in_pairs() public view {
        (address[] memory holders, uint256[] memory ids) = (new address[](2), new uint256[](2));
        (holders[0], holders[1], ids[0], ids[1]) = (seller.addr, buyer.addr, sealedId, openableId);
        uint256[] memory balances = works.balanceOfBatch(holders, ids);
        assertEq(balances[0], 5);
        assertEq(balances[1], 0);
    }

    function test_all_that_the_gate_asks_is_told_in_one_call() public {
        vm.prank(seller.addr);
        works.openCopy(openableId);
        (address found, uint256 editions, uint256 copies) = works.standing(openableId, seller.addr);
        assertEq(found, creator.addr);
        assertEq(editions, 4);
        assertEq(copies, 1);
        (found, editions, copies) = works.standing(7, seller.addr);
        assertEq(found, address(0));
        assertEq(editions + copies, 0);
    }

    // ------------------------------------------------------------------ standards

    function testFuzz_royalty_info_follows_the_terms(uint256 price) public view {
        (address receiver, uint256 amount) = works.royaltyInfo(sealedId, price);
        assertEq(receiver, creator.addr);
        assertEq(amount, price / 10, "ten per cent, rounded down, of any price");
        (receiver, amount) = works.royaltyInfo(7, price);
        assertEq(receiver, address(0));
        assertEq(amount, 0);
    }

    function test_interfaces_are_announced() public view {
        assertTrue(works.supportsInterface(0x01ffc9a7), "ERC-165");
        assertTrue(works.supportsInterface(0xd9b67a26), "ERC-1155");
        assertTrue(works.supportsInterface(0x0e89341c), "ERC-1155 metadata");
        assertTrue(works.supportsInterface(0x2a55205a), "ERC-2981");
        assertTrue(works.supportsInterface(0xad0d7f6c), "ERC-721C and ERC-1155C");
        assertFalse(works.supportsInterface(0xffffffff));
    }

    function test_metadata_is_named_and_its_changes_announced() public {
        assertEq(works.contractURI(), "https://edge.example/v1/contract");
        assertEq(works.uri(sealedId), "https://edge.example/v1/metadata/{id}");
        vm.expectEmit(address(works));
        emit ILedger.URI(works.uri(sealedId), sealedId);
        vm.prank(creator.addr);
        works.publishVersion(sealedId, keccak256("second"));
    }

    function test_a_new_ledger_says_where_its_metadata_is_and_who_validates() public {
        vm.recordLogs();
        ILedger other = deployWorks(
            address(money), address(operators), treasury, address(policy), "https://other.example"
        );
        bytes32[2] memory wanted =
            [IEditions.ContractURIUpdated.selector, IEditions.TransferValidatorUpdated.selector];
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < wanted.length; ++i) {
            bool found;
            for (uint256 j; j < logs.length; ++j) {
                found = found || (logs[j].emitter == address(other) && logs[j].topics[0] == wanted[i]);
            }
            assertTrue(found);
        }
        assertEq(other.contractURI(), "https://other.example/v1/contract");
    }
}
