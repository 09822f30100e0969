// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IOwned} from "../src/interfaces/IOwned.sol";
import {KeyNode} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev What holds of an owner holds of every contract that has one.
contract OwnedTest is Base {
    IOwned[3] internal owned;
    address internal heir = makeAddr("heir");

    function setUp() public override {
        super.setUp();
        address network = address(deployKeyNetwork(governor, oneNode(), 1, new bytes(48)));
        owned = [IOwned(address(policy)), IOwned(address(operators)), IOwned(network)];
    }

    function oneNode() internal pure returns (KeyNode[] memory nodes) {
        nodes = new KeyNode[](1);
        nodes[0] = KeyNode("https://key.example", new bytes(48), address(1), 0x7f000001, 7470);
    }

    function offer(IOwned target, address to) internal {
        vm.prank(governor);
        target.offerOwnership(to);
    }

    function test_no_contract_begins_without_an_owner() public {
        vm.expectRevert(Errors.Owned_ZeroOwner.selector);
        deployPolicy(address(0), 0, new bytes32[](0));
        vm.expectRevert(Errors.Owned_ZeroOwner.selector);
        deployOperators(address(money), MIN_BOND, address(0), treasury);
        vm.expectRevert(Errors.Owned_ZeroOwner.selector);
        deployKeyNetwork(address(0), oneNode(), 1, new bytes(48));
    }

    function test_refuses_an_offer_of_anyone_but_the_owner() public {
        for (uint256 i; i < owned.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, stranger, governor));
            vm.prank(stranger);
            owned[i].offerOwnership(stranger);
        }
    }

    function test_an_offer_passes_nothing_until_it_is_taken() public {
        for (uint256 i; i < owned.length; ++i) {
            vm.expectEmit(address(owned[i]));
            emit IOwned.OwnershipOffered(governor, heir);
            offer(owned[i], heir);
            assertEq(owned[i].owner(), governor);
            assertEq(owned[i].offeredOwner(), heir);
            vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, heir, governor));
            vm.prank(heir);
            owned[i].offerOwnership(heir);
        }
    }

    function test_a_second_offer_replaces_the_first_and_zero_takes_it_back() public {
        for (uint256 i; i < owned.length; ++i) {
            offer(owned[i], stranger);
            offer(owned[i], heir);
            vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOffered.selector, stranger, heir));
            vm.prank(stranger);
            owned[i].acceptOwnership();
            offer(owned[i], address(0));
            vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOffered.selector, heir, address(0)));
            vm.prank(heir);
            owned[i].acceptOwnership();
        }
    }

    function test_passes_every_power_to_whom_it_was_offered_and_leaves_none_behind() public {
        for (uint256 i; i < owned.length; ++i) {
            offer(owned[i], heir);
            vm.expectEmit(address(owned[i]));
            emit IOwned.OwnershipTaken(governor, heir);
            vm.prank(heir);
            owned[i].acceptOwnership();
            assertEq(owned[i].owner(), heir);
            assertEq(owned[i].offeredOwner(), address(0));
            vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, governor, heir));
            offer(owned[i], governor);
        }
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, governor, heir));
        vm.prank(governor);
        policy.announceFee(0);
        vm.prank(heir);
        policy.announceFee(0);
    }

    function test_an_offer_is_taken_once() public {
        for (uint256 i; i < owned.length; ++i) {
            offer(owned[i], heir);
            vm.startPrank(heir);
            owned[i].acceptOwnership();
            vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOffered.selector, heir, address(0)));
            owned[i].acceptOwnership();
            vm.stopPrank();
        }
    }

    function test_refuses_nobody_as_an_owner_even_where_nothing_is_offered() public {
        for (uint256 i; i < owned.length; ++i) {
            vm.expectRevert(Errors.Owned_ZeroOwner.selector);
            vm.prank(address(0));
            owned[i].acceptOwnership();
            assertEq(owned[i].owner(), governor);
        }
    }
}
