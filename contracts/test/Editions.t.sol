// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IEditions} from "../src/interfaces/IEditions.sol";
import {Disclosure, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {ILedger} from "./ILedger.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

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
        assertTrue(works.isAccountCode(account.codehash));
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

    function test_nobody_moves_anothers_editions() public {
        vm.expectRevert(ILedger.NotOwnerNorApproved.selector);
        vm.prank(stranger);
        works.safeTransferFrom(seller.addr, stranger, sealedId, 1, "");
    }

    function test_approvals_do_not_exist() public {
        vm.expectRevert(Errors.Works_ApprovalsDisabled.selector);
        vm.prank(seller.addr);
        works.setApprovalForAll(stranger, true);
        assertFalse(works.isApprovedForAll(seller.addr, stranger));
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
}
